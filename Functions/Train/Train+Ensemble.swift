import AWS
import Backtest
import Features
import Forecasting
import FoundationEssentials
import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Store

extension Train {
    /// Calendar days of origins whose scores the weights are learned from.
    private static let memory = 1100
    /// Seconds from a training's time to its end: every part of the longest fit, and the waiting of each family for its turn.
    private static let longest: Int64 = 22 * 3600

    /// Whether every family of a training came to its end: has a fit as of its time, or a record of its failure.
    func isFinished(_ families: [String], asOf: Instant) async throws -> Bool {
        let failed = try await Evaluations(database).list(asOf: asOf).filter { $0.subject == .training && $0.asOf == asOf }.map(\.family)
        for family in families where !failed.contains(family) {
            guard try await latest(family, asOf)?.asOf == asOf else { return false }
        }
        return true
    }

    /// Makes the ensemble that a training left unmade: one of its invocations died, so that the last one to end found it unsettled. Should
    /// one still be under way after `longest`, its end makes another ensemble, which serves instead.
    func makeOverdueEnsemble(before time: Instant, _ summary: inout TrainSummary, _ context: Context) async throws {
        let over = time.adding(seconds: -Self.longest)
        var last: Instant?
        for member in ModelComposition.standard.members {
            if let fit = try await latest(member.family, over)?.asOf { last = max(last ?? fit, fit) }
        }
        guard let last, try await latest(Ensemble.family, over).map({ $0.asOf < last }) ?? true else {
            summary.note = "no ensemble is overdue"
            return
        }
        try await makeEnsemble(asOf: last, &summary, context)
        if !summary.models.isEmpty { context.logger.warning("A training ended without its ensemble", metadata: ["as of": "\(last)"]) }
    }

    /// Registers the ensemble of the members' latest fits as of an instant, weighed by what their forecasts had lost by then: the rule of
    /// the backtest. Its data version is the hash of the losses that were read. Of two as of one instant, which differ when a member's fit
    /// came late, the later read more of them, and it serves.
    ///
    /// The artifact is kept before the registry is locked; what came in between makes another ensemble, and it begins again. The artifact of
    /// the first stays, which nothing names.
    func makeEnsemble(asOf: Instant, _ summary: inout TrainSummary, _ context: Context) async throws {
        while true {
            guard let draft = try await draftEnsemble(asOf) else {
                summary.note = "the ensemble waits for \(BlendedFHS.family) and another member"
                return
            }
            guard let isNew = try await register(draft, asOf, context) else { continue }
            try await promoteNewVersion(Ensemble.family, with: draft.id, asOf)
            summary.models.append(
                TrainSummary.Outcome(id: draft.id, family: Ensemble.family, isNew: isNew, metrics: draft.ensemble.metrics))
            return
        }
    }

    /// Whether it was not there before; nil, and nothing is registered, when another one is to be made by now.
    private func register(_ draft: EnsembleDraft, _ asOf: Instant, _ context: Context) async throws -> Bool? {
        let registry = ModelRegistry(database)
        guard try await registry.find(draft.id) == nil else { return false }
        let reference = try await artifacts.put(model: draft.id, draft.ensemble.state().encoded(), deadline: context.cutOff.instant)
        let isNew: Bool? = try await database.transaction(attempts: 3) {
            try await registry.lock()
            guard try await draftEnsemble(asOf)?.id == draft.id else { return nil }
            return try await registry.register(try draft.model(asOf, reference))
        }
        if isNew == true { context.logger.info("Combined", metadata: ["model": "\(draft.id)", "members": "\(draft.members.map(\.id))"]) }
        return isNew
    }

    /// An ensemble that is not registered yet.
    private struct EnsembleDraft: Sendable {
        let id: String
        let ensemble: Ensemble
        let members: [ModelVersion]
        let configuration, dataVersion, codeVersion: String

        func model(_ asOf: Instant, _ reference: ArtifactStore.Reference) throws -> ModelVersion {
            ModelVersion(
                id: id, family: Ensemble.family, asOf: asOf, featureVersion: FeatureSet.version, config: configuration,
                dataVersion: dataVersion, codeVersion: codeVersion, seed: 0, windowFrom: members.map(\.windowFrom).min() ?? asOf.utcDate,
                windowTo: members.map(\.windowTo).max() ?? asOf.utcDate,
                metrics: String(decoding: try JSONEncoder().encode(ensemble.metrics), as: UTF8.self), artifactKey: reference.key,
                artifactSHA256: reference.sha256)
        }
    }

    /// nil while the fallback or every other member is missing.
    private func draftEnsemble(_ asOf: Instant) async throws -> EnsembleDraft? {
        let composition = ModelComposition.standard
        var fits: [(row: ModelVersion, prior: Double)] = []
        for member in composition.members {
            if let row = try await latest(member.family, asOf) { fits.append((row, member.weight)) }
        }
        let fallbackFamily = composition.fallback.map { composition.members[$0].family }
        guard let fallback = fits.firstIndex(where: { $0.row.family == fallbackFamily }), fits.count > 1 else { return nil }
        let families = fits.map(\.row.family)
        let losses = try await Scores(database).memberLosses(
            of: families, floor: families[fallback], levels: (low: 1, high: Quantiles.levels.count - 2),
            from: asOf.utcDate.advanced(by: -Self.memory),
            asOf: asOf)
        let ensemble = Ensemble(
            members: fits.map {
                Ensemble.Member(
                    id: $0.row.id, family: $0.row.family, artifactKey: $0.row.artifactKey, artifactSHA256: $0.row.artifactSHA256)
            },
            weights: Self.weights(losses, families, priors: fits.map(\.prior), fallback: fallback),
            cut: fits.map(\.row.windowTo).max()?.description ?? "")
        let code = try CodeVersion.current()
        let configuration = EnsembleConfiguration(members: fits.map(\.row.id), priors: fits.map(\.prior))
        let text = try configuration.json()
        let data = Digest.sha256Hex(Array(losses.map(\.description).joined(separator: "\n").utf8))
        let id = ModelIdentity.of(
            Ensemble.family, asOf: asOf, configuration: text, dataVersion: data, codeVersion: code)
        return EnsembleDraft(
            id: id, ensemble: ensemble, members: fits.map(\.row), configuration: text, dataVersion: data, codeVersion: code)
    }

    func latest(_ family: String, _ asOf: Instant) async throws -> ModelVersion? {
        try await ModelRegistry(database).list(family: family, asOf: asOf).first { $0.featureVersion == FeatureSet.version }
    }

    static func weights(_ losses: [MemberLoss], _ families: [String], priors: [Double], fallback: Int) -> MemberWeights {
        var weights = PastLossWeights(priors: priors, fallback: fallback)
        var rest = losses[...]
        while let first = rest.first {
            let origin = rest.prefix { $0.session == first.session && $0.horizon == first.horizon }
            rest = rest.dropFirst(origin.count)
            guard let index = Quantiles.horizons.firstIndex(of: first.horizon) else { continue }
            weights.learn(first.session, families.map { family in origin.first { $0.family == family }?.loss }, horizonIndex: index)
        }
        return weights.current
    }
}

/// What an ensemble is made of, as JSON beside the model.
private struct EnsembleConfiguration: Encodable {
    let features = FeatureSet.version
    let family = Ensemble.family
    /// Ids, in the artifact's order.
    let members: [String]
    let priors: [Double]

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
