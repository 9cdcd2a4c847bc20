import AWS
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
    /// What one training may know.
    struct TrainingSnapshot: Sendable {
        let set: TrainingSet
        let asOf: Instant
        let dataVersion: String
        let from: SessionDate
    }

    /// Time left for the artifact or the checkpoint, and the rows.
    private static let margin = Duration.seconds(20)

    /// Fits one family, or goes on with it; registers the model when it is done. Returns the event that goes on from its checkpoint when the
    /// deadline came first. A checkpoint is continued whatever `part` says, so that an event delivered twice does not undo later parts. It is
    /// stored under the model's id, which is the hash of everything that decides the model's bits.
    func train(
        _ plan: TrainingPlan, _ snapshot: TrainingSnapshot, part: Int, round: [String]? = nil, _ summary: inout TrainSummary,
        _ context: Context
    ) async throws -> TrainEvent? {
        let code = try CodeVersion.current()
        let id = plan.id(asOf: snapshot.asOf, dataVersion: snapshot.dataVersion, codeVersion: code)
        var metrics: [String: Double] = [:]
        let isNew = try await ModelRegistry(database).find(id) == nil
        if isNew {
            let start = ContinuousClock.now
            let checkpoint =
                plan.type is any ResumableModel.Type ? try await checkpoints.get(model: id, deadline: context.cutOff.instant) : nil
            let progress: FitProgress
            do {
                progress = try plan.fit(snapshot.set, resuming: checkpoint, deadline: context.cutOff.instant - Self.margin)
            } catch let failure as TrainingError {
                try await record(failure, of: plan, snapshot, &summary, context)
                return nil
            }
            switch progress {
            case .paused(let bytes):
                guard part + 1 < Self.mostParts, bytes != checkpoint else {
                    try await record(.deadline, of: plan, snapshot, &summary, context)
                    return nil
                }
                try await checkpoints.put(model: id, bytes, deadline: context.cutOff.instant)
                context.logger.info("Paused", metadata: ["model": "\(id)", "part": "\(part)", "took": "\(ContinuousClock.now - start)"])
                return TrainEvent(time: snapshot.asOf, families: [plan.family], part: part + 1, round: round)
            case .finished(let model):
                metrics = model.metrics.filter { $0.value.isFinite }
                let reference = try await artifacts.put(model: id, model.state().encoded(), deadline: context.cutOff.instant)
                try await ModelRegistry(database).register(
                    ModelVersion(
                        id: id, family: plan.family, asOf: snapshot.asOf, featureVersion: FeatureSet.version, config: plan.configuration,
                        dataVersion: snapshot.dataVersion, codeVersion: code, seed: Int64(plan.seed), windowFrom: snapshot.from,
                        windowTo: snapshot.set.cut, metrics: String(decoding: try JSONEncoder().encode(metrics), as: UTF8.self),
                        artifactKey: reference.key, artifactSHA256: reference.sha256))
                context.logger.info("Trained", metadata: ["model": "\(id)", "took": "\(ContinuousClock.now - start)"])
            }
        }
        try await promoteNewVersion(plan.family, with: id, snapshot.asOf)
        summary.models.append(TrainSummary.Outcome(id: id, family: plan.family, isNew: isNew, metrics: metrics))
        return nil
    }

    /// The fit failed and would fail again: what serves goes on.
    private func record(
        _ failure: TrainingError, of plan: TrainingPlan, _ snapshot: TrainingSnapshot, _ summary: inout TrainSummary, _ context: Context
    ) async throws {
        let evidence = ["reason": "\(failure)", "config": plan.configuration, "data_version": snapshot.dataVersion]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try await Evaluations(database).record(
            ModelEvaluation(
                .training, family: plan.family, asOf: snapshot.asOf, verdict: "failed",
                evidence: String(decoding: try encoder.encode(evidence), as: UTF8.self)))
        summary.failed[plan.family] = "\(failure)"
        context.logger.error(
            "A training failed", metadata: ["family": "\(plan.family)", "as of": "\(snapshot.asOf)", "reason": "\(failure)"])
    }

    /// Makes the model the champion when it is the newest fit of the champion's family, or the first of the floor's family and there is none.
    func promoteNewVersion(_ family: String, with id: String, _ asOf: Instant) async throws {
        try await database.transaction(attempts: 3) {
            let promotions = Promotions(database)
            try await promotions.lock()
            let champion = try await promotions.champion(asOf: asOf)
            guard family == champion?.family ?? BlendedFHS.family, champion?.id != id, try await latest(family, asOf)?.id == id else {
                return
            }
            try await promotions.promote(
                id, asOf: asOf, reason: champion == nil ? "the first champion" : "newer fit of the same family")
        }
    }
}
