import Formats
import FoundationEssentials
import LambdaEvents
import Market
import Store

/// The response to `GET /v1/models`.
struct ModelsDocument: Encodable {
    /// A model family with its role.
    struct Family: Encodable {
        let role, family: String
        /// The id of the version that makes the forecasts.
        let version: String
        let trainedAsOf: Instant
        /// The time of the champion's promotion, with its reason and evidence; nil for other roles.
        let since: Instant?
        let reason: String?
        let evidence: JSONValue?
        /// A challenger's last review.
        let review: Evaluation?
        /// The calibration factors by horizon.
        let calibrationFactors: [String: Double]

        private enum CodingKeys: String, CodingKey {
            case role, family, version, trainedAsOf = "trained_as_of", since, reason, evidence, review
            case calibrationFactors = "calibration_factors"
        }

        init(_ member: ModelLineup.Member, promotion: Store.Promotion?, review: ModelEvaluation?, factors: [Calibration]) {
            role = member.role.rawValue
            family = member.family
            version = member.current.id
            trainedAsOf = member.current.asOf
            since = promotion?.decidedAsOf
            reason = promotion?.reason
            evidence = promotion.flatMap { JSONValue(text: $0.evidence) }
            self.review = member.role == .challenger ? review.map(Evaluation.init) : nil
            calibrationFactors = Dictionary(uniqueKeysWithValues: factors.map { ("\($0.horizon)", $0.factor) })
        }
    }

    /// A change of the champion.
    struct Promotion: Encodable {
        let version, family, reason: String
        let decidedAsOf: Instant
        let evidence: JSONValue?

        private enum CodingKeys: String, CodingKey { case version, family, decidedAsOf = "decided_as_of", reason, evidence }

        init(_ promotion: Store.Promotion) {
            version = promotion.model
            family = promotion.family
            decidedAsOf = promotion.decidedAsOf
            reason = promotion.reason
            evidence = JSONValue(text: promotion.evidence)
        }
    }

    /// A review, or a failed training.
    struct Evaluation: Encodable {
        let subject, family, decision: String
        let asOf: Instant
        let evidence: JSONValue?

        private enum CodingKeys: String, CodingKey { case subject, family, asOf = "as_of", decision, evidence }

        init(_ evaluation: ModelEvaluation) {
            subject = evaluation.subject.rawValue
            family = evaluation.family
            decision = evaluation.decision.rawValue
            asOf = evaluation.asOf
            evidence = JSONValue(text: evaluation.evidence)
        }
    }

    /// A trained model version.
    struct Version: Encodable {
        let id, family: String
        let asOf: Instant
        /// The version's roles as of the request.
        let roles: [String]
        let featureVersion, dataVersion, codeVersion: String
        let seed: Int64
        let windowFrom, windowTo: SessionDate
        let metrics, configuration: JSONValue?
        let artifact, artifactSHA256: String

        private enum CodingKeys: String, CodingKey {
            case id, family, asOf = "as_of", roles, featureVersion = "feature_version", dataVersion = "data_version"
            case codeVersion = "code_version", seed, windowFrom = "window_from", windowTo = "window_to", metrics, configuration, artifact
            case artifactSHA256 = "artifact_sha256"
        }

        init(_ version: ModelVersion, roles: [String]) {
            id = version.id
            family = version.family
            asOf = version.asOf
            self.roles = roles
            featureVersion = version.featureVersion
            dataVersion = version.dataVersion
            codeVersion = version.codeVersion
            seed = version.seed
            windowFrom = version.windowFrom
            windowTo = version.windowTo
            metrics = JSONValue(text: version.metrics)
            configuration = JSONValue(text: version.configuration)
            artifact = version.artifactKey
            artifactSHA256 = version.artifactSHA256
        }
    }

    let asOf: Instant
    /// The model families, in the order champion, fallback, challengers, baseline.
    let families: [Family]
    /// Latest first, like `evaluations` and `versions`.
    let promotions: [Promotion]
    let evaluations: [Evaluation]
    let versions: [Version]

    private enum CodingKeys: String, CodingKey { case asOf = "as_of", families, promotions, evaluations, versions }
}

extension JSONValue {
    /// nil when the text is not JSON.
    init?(text: String) {
        guard let value = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
        self = value
    }
}
