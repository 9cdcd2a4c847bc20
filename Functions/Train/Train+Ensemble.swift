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
    /// The number of calendar days whose origins' scores determine the members' weights.
    private static let lookback = 1100

    /// Whether every family of a training has ended: with a version as of its time, or with a stored failure.
    func isFinished(_ families: [String], asOf: Instant) async throws -> Bool {
        let failed = try await Evaluations(database).list(asOf: asOf).filter { $0.subject == .training && $0.asOf == asOf }.map(\.family)
        for family in families where !failed.contains(family) {
            guard try await latest(family, asOf)?.asOf == asOf else { return false }
        }
        return true
    }

    /// Makes the missing ensemble of a training in which one family's invocation died.
    ///
    /// An invocation that still runs after `longestTraining` makes another ensemble at its end, which then serves instead.
    func makeOverdueEnsemble(before time: Instant, _ summary: inout TrainSummary, _ context: Context) async throws {
        let ended = time.adding(seconds: -longestTraining)
        var last: Instant?
        for member in ModelComposition.standard.members {
            if let trained = try await latest(member.family, ended)?.asOf { last = max(last ?? trained, trained) }
        }
        guard let last, try await latest(Ensemble.family, ended).map({ $0.asOf < last }) ?? true else {
            summary.note = "no ensemble is overdue"
            return
        }
        try await makeEnsemble(asOf: last, &summary, context)
        if !summary.models.isEmpty { context.logger.warning("Made an overdue ensemble", metadata: ["as_of": "\(last)"]) }
    }

    /// Registers the ensemble of the members' latest versions as of an instant, weighted by their past losses as in the backtest.
    ///
    /// The ensemble's data version is the hash of these losses. Of two ensembles as of one instant (a member's version was late), the later one
    /// serves. The artifact is stored before the registry is locked. If the members have changed by then, the draft is made again and the first
    /// artifact stays unused.
    func makeEnsemble(asOf: Instant, _ summary: inout TrainSummary, _ context: Context) async throws {
        while true {
            guard let draft = try await draftEnsemble(asOf) else {
                summary.note = "the ensemble waits for \(BlendedFHS.family) and another member"
                return
            }
            guard let isNew = try await register(draft, asOf, context) else { continue }
            try await promoteNewVersion(of: Ensemble.family, draft.id, asOf)
            summary.models.append(TrainingOutcome(id: draft.id, family: Ensemble.family, isNew: isNew, metrics: draft.ensemble.metrics))
            return
        }
    }

    /// Registers a draft. Returns false if the ensemble was registered before, nil if the members or losses have changed since the draft.
    private func register(_ draft: EnsembleDraft, _ asOf: Instant, _ context: Context) async throws -> Bool? {
        let registry = ModelRegistry(database)
        guard try await registry.find(draft.id) == nil else { return false }
        let reference = try await artifacts.put(model: draft.id, draft.ensemble.state().encoded(), deadline: context.cutOff.instant)
        let isNew: Bool? = try await database.transaction(attempts: 3) {
            try await registry.lock()
            guard try await draftEnsemble(asOf)?.id == draft.id else { return nil }
            return try await registry.register(try draft.version(asOf, reference))
        }
        if isNew == true {
            context.logger.info("Made an ensemble", metadata: ["model": "\(draft.id)", "members": "\(draft.members.map(\.id))"])
        }
        return isNew
    }

    /// An ensemble that is not registered yet.
    private struct EnsembleDraft: Sendable {
        let id: String
        let ensemble: Ensemble
        let members: [ModelVersion]
        let configuration, dataVersion, codeVersion: String

        func version(_ asOf: Instant, _ reference: ArtifactStore.Reference) throws -> ModelVersion {
            ModelVersion(
                id: id, family: Ensemble.family, asOf: asOf, featureVersion: FeatureSet.version, configuration: configuration,
                dataVersion: dataVersion, codeVersion: codeVersion, seed: 0, windowFrom: members.map(\.windowFrom).min() ?? asOf.utcDate,
                windowTo: members.map(\.windowTo).max() ?? asOf.utcDate,
                metrics: String(decoding: try JSONEncoder().encode(ensemble.metrics), as: UTF8.self), artifactKey: reference.key,
                artifactSHA256: reference.sha256)
        }
    }

    /// The ensemble as of an instant; nil while the fallback or every other member is missing.
    private func draftEnsemble(_ asOf: Instant) async throws -> EnsembleDraft? {
        let composition = ModelComposition.standard
        var members: [(version: ModelVersion, prior: Double)] = []
        for member in composition.members {
            if let version = try await latest(member.family, asOf) { members.append((version, member.weight)) }
        }
        let fallbackFamily = composition.fallback.map { composition.members[$0].family }
        guard let fallback = members.firstIndex(where: { $0.version.family == fallbackFamily }), members.count > 1 else { return nil }
        let families = members.map(\.version.family)
        let losses = try await Scores(database).memberLosses(
            of: families, fallback: families[fallback], levels: (low: 1, high: Quantiles.levels.count - 2),
            from: asOf.utcDate.advanced(by: -Self.lookback), asOf: asOf)
        let ensemble = Ensemble(
            members: members.map(\.version).map {
                Ensemble.Member(id: $0.id, family: $0.family, artifactKey: $0.artifactKey, artifactSHA256: $0.artifactSHA256)
            },
            weights: Self.weights(losses, families, priors: members.map(\.prior), fallback: fallback),
            cut: members.map(\.version.windowTo).max()?.description ?? "")
        let code = try CodeVersion.current()
        let configuration = try EnsembleConfiguration(members: members.map(\.version.id), priors: members.map(\.prior)).json()
        let data = Digest.sha256Hex(Array(losses.map(\.description).joined(separator: "\n").utf8))
        let id = ModelIdentity.id(
            of: Ensemble.family, asOf: asOf, configuration: configuration, dataVersion: data, codeVersion: code)
        return EnsembleDraft(
            id: id, ensemble: ensemble, members: members.map(\.version), configuration: configuration, dataVersion: data,
            codeVersion: code)
    }

    /// A family's latest version as of an instant that reads the current features.
    func latest(_ family: String, _ asOf: Instant) async throws -> ModelVersion? {
        try await ModelRegistry(database).list(family: family, asOf: asOf).first { $0.featureVersion == FeatureSet.version }
    }

    /// The members' weights, learned from their past losses origin by origin.
    ///
    /// - Parameter losses: ordered by session and horizon.
    static func weights(_ losses: [MemberLoss], _ families: [String], priors: [Double], fallback: Int) -> MemberWeights {
        var weights = PastLossWeights(priors: priors, fallback: fallback)
        var remaining = losses[...]
        while let first = remaining.first {
            let origin = remaining.prefix { $0.session == first.session && $0.horizon == first.horizon }
            remaining = remaining.dropFirst(origin.count)
            guard let index = Quantiles.horizons.firstIndex(of: first.horizon) else { continue }
            weights.learn(first.session, families.map { family in origin.first { $0.family == family }?.loss }, horizonIndex: index)
        }
        return weights.current
    }
}

/// An ensemble's configuration, stored as JSON with its version.
private struct EnsembleConfiguration: Encodable {
    let features = FeatureSet.version
    let family = Ensemble.family
    /// The ids of the members' versions, in the artifact's order.
    let members: [String]
    let priors: [Double]

    private enum CodingKeys: String, CodingKey { case features, family, members, priors }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
