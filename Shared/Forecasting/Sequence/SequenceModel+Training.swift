import Kernels
import Market

extension SequenceModel: ResumableModel {
    package static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> SequenceModel {
        try fit(set, Net.configuration, seed: seed, deadline: deadline, progress: progress)
    }

    package static func train(
        _ set: TrainingSet, seed: UInt64, resuming: [UInt8]?, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> TrainingResult<SequenceModel> {
        try train(set, Net.configuration, seed: seed, resuming: resuming, until: passed(deadline), progress: progress)
    }

    /// Trains `configuration.nets` nets and uses each net's parameters with the best validation loss; at the deadline, the best so far.
    ///
    /// - Throws: `TrainingError`, `Processor.Unsupported`.
    package static func fit(
        _ set: TrainingSet, _ configuration: SequenceConfiguration, seed: UInt64, deadline: ContinuousClock.Instant? = nil,
        progress: (Double) -> Void = { _ in }
    ) throws -> SequenceModel {
        let stop = passed(deadline)
        let ensemble = try SequenceTraining<Net>(set, configuration, seed: seed).trained(until: stop, progress: progress)
        if ensemble.isStopped, ensemble.bestSoFar.isEmpty { throw TrainingError.deadline }
        progress(1)
        return model(set, ensemble, seed: seed)
    }

    /// - Parameter stop: called before every batch; true interrupts the training.
    package static func train(
        _ set: TrainingSet, _ configuration: SequenceConfiguration, seed: UInt64, resuming: [UInt8]?, until stop: () -> Bool,
        progress: (Double) -> Void = { _ in }
    ) throws -> TrainingResult<SequenceModel> {
        var training = try SequenceTraining<Net>(set, configuration, seed: seed)
        if let resuming { try training.resume(TrainingCheckpoint(decoding: resuming)) }
        let ensemble = try training.trained(until: stop, progress: progress)
        if ensemble.isStopped { return .interrupted(checkpoint: try ensemble.checkpoint.encoded()) }
        progress(1)
        return .finished(model(set, ensemble, seed: seed))
    }

    private static func passed(_ deadline: ContinuousClock.Instant?) -> () -> Bool {
        { deadline.map { ContinuousClock.now >= $0 } ?? false }
    }

    private static func model(_ set: TrainingSet, _ training: SequenceTraining<Net>, seed: UInt64) -> SequenceModel {
        let nets = training.bestSoFar
        let count = Double(nets.count)
        var metrics = [
            "training_rows": Double(training.block.training.count), "validation_rows": Double(training.block.validation.count),
            "samples_seen": Double(nets.reduce(0) { $0 + $1.samplesSeen }), "restarts": Double(nets.reduce(0) { $0 + $1.restarts }),
            "stopped_by_deadline": training.isStopped ? 1 : 0,
        ]
        for (i, horizon) in Quantiles.horizons.enumerated() {
            let loss = nets.reduce(0) { $0 + $1.losses[i] } / count
            metrics["validation_pinball_h\(horizon)"] = loss
            metrics["validation_pinball_blended_fhs_h\(horizon)"] = training.referenceLosses[i]
            metrics["head_weight_h\(horizon)"] = nets.reduce(0) { $0 + $1.headWeights[i] } / count
            metrics["validation_skill_h\(horizon)"] = Evaluation.skill(loss, over: training.referenceLosses[i])
        }
        return SequenceModel(
            shape: training.block.shape, scaling: training.block.scaling, values: nets.map(\.best), seed: seed, cut: set.cut.description,
            metrics: metrics)
    }
}
