import FoundationEssentials
import LambdaEvents
import Market
import Store

/// The answer to `GET /v1/models`.
struct ModelsDocument: Encodable {
    /// A model family and the part it plays.
    struct Slot: Encodable {
        let role, family, model: String
        let fittedAsOf: Instant
        /// When and why the champion became so, with the figures.
        let since: Instant?
        let reason: String?
        let evidence: JSONValue?
        /// The last review of a challenger.
        let review: Look?
        /// What its ranges are widened with, by horizon.
        let calibrationFactors: [String: Double]

        private enum CodingKeys: String, CodingKey {
            case role, family = "kind", model, fittedAsOf = "fitted_as_of", since, reason, evidence, review, calibrationFactors =
                "spread_factors"
        }

        init(_ member: ModelLineup.Member, since promotion: Promotion?, look: ModelEvaluation?, factors: [Calibration]) {
            role = member.role.rawValue
            family = member.family
            model = member.fits[0].id
            fittedAsOf = member.fits[0].asOf
            since = promotion?.decidedAsOf
            reason = promotion?.reason
            evidence = promotion.flatMap { JSONValue(text: $0.evidence) }
            review = member.role == .challenger ? look.map(Look.init) : nil
            calibrationFactors = Dictionary(uniqueKeysWithValues: factors.map { ("\($0.horizon)", $0.k) })
        }
    }

    /// A change of the champion.
    struct Decision: Encodable {
        let model, family, reason: String
        let decidedAsOf: Instant
        let evidence: JSONValue?

        private enum CodingKeys: String, CodingKey { case model, family = "kind", decidedAsOf = "decided_as_of", reason, evidence }

        init(_ promotion: Promotion) {
            model = promotion.model
            family = promotion.family
            decidedAsOf = promotion.decidedAsOf
            reason = promotion.reason
            evidence = JSONValue(text: promotion.evidence)
        }
    }

    /// A look that could have changed something: a review, or a training that failed.
    struct Look: Encodable {
        let subject, family, verdict: String
        let asOf: Instant
        let evidence: JSONValue?

        private enum CodingKeys: String, CodingKey { case subject, family = "kind", asOf = "as_of", verdict, evidence }

        init(_ evaluation: ModelEvaluation) {
            subject = evaluation.subject.rawValue
            family = evaluation.family
            verdict = evaluation.verdict
            asOf = evaluation.asOf
            evidence = JSONValue(text: evaluation.evidence)
        }
    }

    struct Entry: Encodable {
        let id, family: String
        let asOf: Instant
        /// The parts that the model plays as of the request.
        let roles: [String]
        let featureVersion, dataVersion, codeVersion: String
        let seed: Int64
        let windowFrom, windowTo: SessionDate
        let metrics, config: JSONValue?
        let artifact, artifactSHA256: String

        private enum CodingKeys: String, CodingKey {
            case id, family = "kind", asOf = "as_of", roles, featureVersion = "feature_version", dataVersion = "data_version"
            case codeVersion = "code_version", seed, windowFrom = "window_from", windowTo = "window_to", metrics, config, artifact
            case artifactSHA256 = "artifact_sha256"
        }

        init(_ model: ModelVersion, roles: [String]) {
            id = model.id
            family = model.family
            asOf = model.asOf
            self.roles = roles
            featureVersion = model.featureVersion
            dataVersion = model.dataVersion
            codeVersion = model.codeVersion
            seed = model.seed
            windowFrom = model.windowFrom
            windowTo = model.windowTo
            metrics = JSONValue(text: model.metrics)
            config = JSONValue(text: model.config)
            artifact = model.artifactKey
            artifactSHA256 = model.artifactSHA256
        }
    }

    let asOf: Instant
    /// Champion, floor, challengers, baseline.
    let slots: [Slot]
    /// Latest first, as the others.
    let promotions: [Decision]
    let evaluations: [Look]
    let models: [Entry]

    private enum CodingKeys: String, CodingKey { case asOf = "as_of", slots, promotions, evaluations, models }
}

extension JSONValue {
    /// nil when the text is not JSON.
    init?(text: String) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else { return nil }
        self = value
    }
}
