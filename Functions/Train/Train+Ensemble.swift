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
    /// Seconds from a training's time to its end: every part of the longest fit, and the waiting of each kind for its turn.
    private static let longest: Int64 = 22 * 3600

    /// Whether every kind of a training came to its end: has a fit as of its time, or a record of its failure.
    func isSettled(_ kinds: [String], asOf: Instant) async throws -> Bool {
        let failed = try await Evaluations(database).list(asOf: asOf).filter { $0.subject == .training && $0.asOf == asOf }.map(\.kind)
        for kind in kinds where !failed.contains(kind) {
            guard try await latest(kind, asOf)?.asOf == asOf else { return false }
        }
        return true
    }

    /// Makes the ensemble that a training left unmade: one of its invocations died, so that the last one to end found it unsettled. Should
    /// one still be under way after `longest`, its end makes another ensemble, which serves instead.
    func makeUp(before time: Instant, _ summary: inout TrainSummary, _ context: Context) async throws {
        let over = time.adding(seconds: -Self.longest)
        var last: Instant?
        for member in Recipe.standard.members {
            if let fit = try await latest(member.kind, over)?.asOf { last = max(last ?? fit, fit) }
        }
        guard let last, try await latest(Ensemble.kind, over).map({ $0.asOf < last }) ?? true else {
            summary.note = "no ensemble is overdue"
            return
        }
        try await combine(asOf: last, &summary, context)
        if !summary.models.isEmpty { context.logger.warning("A training ended without its ensemble", metadata: ["as of": "\(last)"]) }
    }

    /// Registers the ensemble of the members' latest fits as of an instant, weighed by what their forecasts had lost by then: the rule of
    /// the backtest. Its data version is the hash of the losses that were read. Of two as of one instant, which differ when a member's fit
    /// came late, the later read more of them, and it serves.
    func combine(asOf: Instant, _ summary: inout TrainSummary, _ context: Context) async throws {
        let combined: TrainSummary.Trained? = try await database.transaction(attempts: 3) {
            try await ModelRegistry(database).lock()
            return try await registered(asOf, context)
        }
        guard let combined else {
            summary.note = "the ensemble waits for \(BlendedFHS.kind) and another member"
            return
        }
        try await follow(Ensemble.kind, with: combined.id, asOf)
        summary.models.append(combined)
    }

    /// nil while the floor or every other member is missing.
    private func registered(_ asOf: Instant, _ context: Context) async throws -> TrainSummary.Trained? {
        let recipe = Recipe.standard
        var fits: [(row: Model, prior: Double)] = []
        for member in recipe.members {
            if let row = try await latest(member.kind, asOf) { fits.append((row, member.weight)) }
        }
        let floorKind = recipe.floor.map { recipe.members[$0].kind }
        guard let floor = fits.firstIndex(where: { $0.row.kind == floorKind }), fits.count > 1 else { return nil }
        let kinds = fits.map(\.row.kind)
        let losses = try await Scores(database).memberLosses(
            of: kinds, floor: kinds[floor], levels: (low: 1, high: Quantiles.levels.count - 2),
            from: asOf.utcDate.advanced(by: -Self.memory),
            asOf: asOf)
        let ensemble = Ensemble(
            members: fits.map {
                Ensemble.Member(id: $0.row.id, kind: $0.row.kind, artifactKey: $0.row.artifactKey, artifactSHA256: $0.row.artifactSHA256)
            },
            weights: Self.weights(losses, kinds, priors: fits.map(\.prior), floor: floor),
            cut: fits.map(\.row.windowTo).max()?.description ?? "")
        let code = try CodeVersion.current()
        let configuration = EnsembleConfiguration(members: fits.map(\.row.id), priors: fits.map(\.prior))
        let text = try configuration.json()
        let data = Digest.sha256Hex(Array(losses.map(\.description).joined(separator: "\n").utf8))
        let id = ModelIdentity.of(
            Ensemble.kind, asOf: asOf, configuration: text, dataVersion: data, codeVersion: code)
        let isNew = try await ModelRegistry(database).find(id) == nil
        if isNew {
            let reference = try await artifacts.put(model: id, ensemble.state().encoded(), deadline: context.cutOff.instant)
            try await ModelRegistry(database).register(
                Model(
                    id: id, kind: Ensemble.kind, asOf: asOf, featureVersion: FeatureSet.version, config: text, dataVersion: data,
                    codeVersion: code, seed: 0, windowFrom: fits.map(\.row.windowFrom).min() ?? asOf.utcDate,
                    windowTo: fits.map(\.row.windowTo).max() ?? asOf.utcDate,
                    metrics: String(decoding: try JSONEncoder().encode(ensemble.metrics), as: UTF8.self), artifactKey: reference.key,
                    artifactSHA256: reference.sha256))
            context.logger.info("Combined", metadata: ["model": "\(id)", "members": "\(fits.map(\.row.id))", "losses": "\(losses.count)"])
        }
        return TrainSummary.Trained(id: id, kind: Ensemble.kind, isNew: isNew, metrics: ensemble.metrics)
    }

    func latest(_ kind: String, _ asOf: Instant) async throws -> Model? {
        try await ModelRegistry(database).list(kind: kind, asOf: asOf).first { $0.featureVersion == FeatureSet.version }
    }

    static func weights(_ losses: [MemberLoss], _ kinds: [String], priors: [Double], floor: Int) -> MemberWeights {
        var weights = PastLossWeights(priors: priors, floor: floor)
        var rest = losses[...]
        while let first = rest.first {
            let origin = rest.prefix { $0.session == first.session && $0.horizon == first.horizon }
            rest = rest.dropFirst(origin.count)
            guard let index = Quantiles.horizons.firstIndex(of: first.horizon) else { continue }
            weights.learn(first.session, kinds.map { kind in origin.first { $0.kind == kind }?.loss }, horizonIndex: index)
        }
        return weights.current
    }
}

/// What an ensemble is made of, as JSON beside the model.
private struct EnsembleConfiguration: Encodable {
    let features = FeatureSet.version
    let kind = Ensemble.kind
    /// Ids, in the artifact's order.
    let members: [String]
    let priors: [Double]

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
