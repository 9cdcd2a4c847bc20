import Kernels
import Market

/// The training of a model's nets, one after the other.
struct SequenceTraining<Net: SequenceNet> {
    /// A trained net.
    struct Outcome: Hashable {
        var best: [Float]
        var losses: [Double]
        /// `HeadShrinkage.weights`.
        var headWeights: [Double]
        var samplesSeen, restarts: Int
    }

    let block: SequenceSamples
    private let configuration: SequenceConfiguration
    private let seed: UInt64
    private let identity: [String: String]
    private var current: NetTraining<Net>
    private var finished: [Outcome] = []
    private(set) var isStopped = false

    init(_ set: TrainingSet, _ configuration: SequenceConfiguration, seed: UInt64) throws {
        try Processor.check()
        block = try SequenceSamples(set, configuration)
        if let unsupportedReason = Net.unsupportedReason(for: block.shape) { throw ForecastError.shape(unsupportedReason) }
        self.configuration = configuration
        self.seed = seed
        identity = TrainingCheckpoint<Net>.identity(family: Net.family, set, configuration, block, seed: seed)
        current = NetTraining(block, configuration, seed: seed)
    }

    var referenceLosses: [Double] { current.referenceLosses }

    /// The trained nets, and the current net when it has completed a round.
    var bestSoFar: [Outcome] {
        guard finished.count < configuration.nets, current.round > 0 else { return finished }
        return finished + [outcome]
    }

    private var outcome: Outcome {
        Outcome(
            best: current.best, losses: current.bestLosses, headWeights: current.headWeights, samplesSeen: current.samplesSeen,
            restarts: current.restarts)
    }

    /// Continues the training until its end or until `stop` returns true.
    func trained(until stop: () -> Bool, progress: (Double) -> Void) throws -> SequenceTraining {
        var training = self
        while training.finished.count < configuration.nets {
            let done = Double(training.finished.count)
            guard try training.current.train(until: stop, progress: { progress((done + $0) / Double(configuration.nets)) }) else {
                training.isStopped = true
                return training
            }
            training.finished.append(training.outcome)
            if training.finished.count < configuration.nets { training.current = training.nextTraining() }
        }
        return training
    }

    private func nextTraining() -> NetTraining<Net> {
        NetTraining(block, configuration, seed: seed &+ UInt64(finished.count) &* 0x9E37_79B9)
    }

    var checkpoint: TrainingCheckpoint<Net> { TrainingCheckpoint(identity: identity, finished: finished, current: current.state) }

    /// Continues from a checkpoint.
    ///
    /// - Throws: `ArtifactError.mismatch` when the checkpoint belongs to another training.
    mutating func resume(_ checkpoint: TrainingCheckpoint<Net>) throws(ArtifactError) {
        for (key, value) in identity where checkpoint.identity[key] != value {
            throw .mismatch("the checkpoint's \(key) is \(checkpoint.identity[key] ?? "missing"), this training's is \(value)")
        }
        guard checkpoint.finished.count < configuration.nets else { throw .mismatch("the checkpoint has more nets than this training") }
        finished = checkpoint.finished
        current = nextTraining()
        try current.resume(checkpoint.current)
    }
}
