import AWS
import Features
import Forecasting
import Formats
import FoundationEssentials
import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Store

extension Train {
    /// The time reserved for writing the artifact or the checkpoint, and the rows.
    private static let margin = Duration.seconds(20)

    /// Trains one family, or continues its training; registers the model version at the end.
    ///
    /// Returns the event that continues from a checkpoint if the deadline came first. A checkpoint is stored under the version's id, a hash of
    /// everything that determines the model. Training continues from the checkpoint regardless of `part`, so an event that is delivered twice
    /// does not undo a later part.
    func train(
        _ plan: TrainingPlan, _ snapshot: TrainingSnapshot, part: Int, batch: [String]? = nil, _ summary: inout TrainSummary,
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
            let progress: TrainingProgress
            do {
                progress = try plan.train(snapshot.set, resuming: checkpoint, deadline: context.cutOff.instant - Self.margin)
            } catch let error as TrainingError {
                try await recordFailure(error, of: plan, snapshot, &summary, context)
                return nil
            }
            switch progress {
            case .paused(let bytes):
                guard part + 1 < Self.mostParts, bytes != checkpoint else {
                    try await recordFailure(.deadline, of: plan, snapshot, &summary, context)
                    return nil
                }
                try await checkpoints.put(model: id, bytes, deadline: context.cutOff.instant)
                context.logger.info(
                    "Paused a training", metadata: ["model": "\(id)", "part": "\(part)", "took": "\(ContinuousClock.now - start)"])
                return TrainEvent(time: snapshot.asOf, families: [plan.family], part: part + 1, batch: batch)
            case .finished(let model):
                metrics = model.metrics.filter { $0.value.isFinite }
                let reference = try await artifacts.put(model: id, model.state().encoded(), deadline: context.cutOff.instant)
                try await ModelRegistry(database).register(
                    ModelVersion(
                        id: id, family: plan.family, asOf: snapshot.asOf, featureVersion: FeatureSet.version,
                        configuration: plan.configuration, dataVersion: snapshot.dataVersion, codeVersion: code,
                        seed: Int64(bitPattern: plan.seed),
                        windowFrom: snapshot.from, windowTo: snapshot.set.cut,
                        metrics: String(decoding: try JSONEncoder().encode(metrics), as: UTF8.self), artifactKey: reference.key,
                        artifactSHA256: reference.sha256))
                context.logger.info("Trained a model", metadata: ["model": "\(id)", "took": "\(ContinuousClock.now - start)"])
            }
        }
        try await promoteNewVersion(of: plan.family, id, snapshot.asOf)
        summary.models.append(TrainingOutcome(id: id, family: plan.family, isNew: isNew, metrics: metrics))
        return nil
    }

    /// Stores a failed training, which is not repeated because it would fail again. The family's previous version continues to serve.
    private func recordFailure(
        _ error: TrainingError, of plan: TrainingPlan, _ snapshot: TrainingSnapshot, _ summary: inout TrainSummary, _ context: Context
    ) async throws {
        let evidence = ["reason": "\(error)", "configuration": plan.configuration, "data_version": snapshot.dataVersion]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try await Evaluations(database).store(
            ModelEvaluation(
                .training, family: plan.family, asOf: snapshot.asOf, decision: .failed,
                evidence: String(decoding: try encoder.encode(evidence), as: UTF8.self)))
        summary.failed[plan.family] = "\(error)"
        context.logger.error(
            "A training failed", metadata: ["family": "\(plan.family)", "as_of": "\(snapshot.asOf)", "reason": "\(error)"])
    }

    /// Promotes the latest version of the champion's family, or the fallback's first version if there is no champion.
    func promoteNewVersion(of family: String, _ id: String, _ asOf: Instant) async throws {
        try await database.transaction(attempts: 3) {
            let promotions = Promotions(database)
            try await promotions.lock()
            let champion = try await promotions.champion(asOf: asOf)
            guard family == champion?.family ?? BlendedFHS.family, champion?.id != id, try await latest(family, asOf)?.id == id else {
                return
            }
            try await promotions.promote(
                id, asOf: asOf, reason: champion == nil ? "the first champion" : "newer version of the same family")
        }
    }
}
