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

    /// Trains `configuration.nets` nets and keeps of each the weights that did best on the validation block; a deadline ends it with
    /// the best so far.
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

    /// - Parameter stop: asked before every batch.
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
            "samples_seen": Double(nets.reduce(0) { $0 + $1.seen }), "restarts": Double(nets.reduce(0) { $0 + $1.restarts }),
            "stopped_by_deadline": training.isStopped ? 1 : 0,
        ]
        for (i, horizon) in Quantiles.horizons.enumerated() {
            let loss = nets.reduce(0) { $0 + $1.losses[i] } / count
            metrics["validation_pinball_h\(horizon)"] = loss
            metrics["validation_pinball_blended_fhs_h\(horizon)"] = training.referenceLosses[i]
            metrics["head_kept_h\(horizon)"] = nets.reduce(0) { $0 + $1.kept[i] } / count
            metrics["validation_skill_h\(horizon)"] = Evaluation.skill(loss, over: training.referenceLosses[i])
        }
        return SequenceModel(
            shape: training.block.shape, scaling: training.block.scaling, values: nets.map(\.best), seed: seed, cut: set.cut.description,
            metrics: metrics)
    }
}

/// The training of the nets of one model, one after the other.
struct SequenceTraining<Net: SequenceNet> {
    /// What is left of a net that has been trained.
    struct Outcome: Hashable {
        var best: [Float]
        var losses: [Double]
        /// As `SequenceRun`'s.
        var kept: [Double]
        var seen, restarts: Int
    }

    let block: SequenceSamples
    private let configuration: SequenceConfiguration
    private let seed: UInt64
    private let identity: [String: String]
    private var run: SequenceRun<Net>
    private var finished: [Outcome] = []
    private(set) var isStopped = false

    init(_ set: TrainingSet, _ configuration: SequenceConfiguration, seed: UInt64) throws {
        try Processor.check()
        block = try SequenceSamples(set, configuration)
        if let objection = Net.objection(to: block.shape) { throw ForecastError.shape(objection) }
        self.configuration = configuration
        self.seed = seed
        identity = TrainingCheckpoint<Net>.identity(family: Net.family, set, configuration, block, seed: seed)
        run = SequenceRun(block, configuration, seed: seed)
    }

    var referenceLosses: [Double] { run.referenceLosses }

    /// The nets trained, and the present one when it has seen a validated round.
    var bestSoFar: [Outcome] {
        guard finished.count < configuration.nets, run.round > 0 else { return finished }
        return finished + [outcome]
    }

    private var outcome: Outcome {
        Outcome(best: run.best, losses: run.bestLosses, kept: run.kept, seen: run.seen, restarts: run.restarts)
    }

    /// This training, gone on with until its end or until `stop` says so.
    func trained(until stop: () -> Bool, progress: (Double) -> Void) throws -> SequenceTraining {
        var training = self
        while training.finished.count < configuration.nets {
            let done = Double(training.finished.count)
            guard try training.run.train(until: stop, progress: { progress((done + $0) / Double(configuration.nets)) }) else {
                training.isStopped = true
                return training
            }
            training.finished.append(training.outcome)
            if training.finished.count < configuration.nets { training.run = training.freshRun() }
        }
        return training
    }

    private func freshRun() -> SequenceRun<Net> {
        SequenceRun(block, configuration, seed: seed &+ UInt64(finished.count) &* 0x9E37_79B9)
    }

    var checkpoint: TrainingCheckpoint<Net> { TrainingCheckpoint(identity: identity, finished: finished, run: run.state) }

    /// - Throws: `ArtifactError.mismatch` when the checkpoint is of another training.
    mutating func resume(_ checkpoint: TrainingCheckpoint<Net>) throws(ArtifactError) {
        for (key, value) in identity where checkpoint.identity[key] != value {
            throw .mismatch("the checkpoint's \(key) is \(checkpoint.identity[key] ?? "missing"), this training's is \(value)")
        }
        guard checkpoint.finished.count < configuration.nets else { throw .mismatch("the checkpoint has more nets than this training") }
        finished = checkpoint.finished
        run = freshRun()
        try run.resume(checkpoint.run)
    }
}
