import Kernels

/// One net on its way: rounds of training, each followed by a look at the validation block.
struct SequenceRun<Net: SequenceNet> {
    /// Where the run stands between two batches; with the block and the configuration, all that is to come depends on it.
    struct State: Hashable {
        var trainer: SequenceTrainer<Net>.State
        var best: [Float]
        var bestLosses: [Double]
        var stream: SampleStream.Position
        var seen = 0, restarts = 0, round = 0, batch = 0
        /// Rounds since the last gain.
        var idle = 0
    }

    private let block: SequenceSamples
    private let configuration: SequenceConfiguration
    private let batches: Int
    private let validationWindows: [UnsafePointer<Float>]
    private let validationTargets: [Float]
    private var trainer: SequenceTrainer<Net>
    private var stream: SampleStream
    private(set) var best: [Float]
    private(set) var bestLosses: [Double]
    /// Of each horizon, the share of the net's own answers that the end left it; 1 before.
    private(set) var kept = Quantiles.horizons.map { _ in 1.0 }
    /// The validation losses of the pooled quantiles that the net starts from.
    let referenceLosses: [Double]
    private(set) var seen = 0
    private(set) var restarts = 0
    private(set) var round = 0
    private var batch = 0
    private var idle = 0

    init(_ block: SequenceSamples, _ configuration: SequenceConfiguration, seed: UInt64) {
        self.block = block
        self.configuration = configuration
        let rows = max(block.training.count, 10 * configuration.batch)
        batches = min(configuration.roundSamples, rows) / configuration.batch
        validationWindows = block.validation.map(block.window)
        validationTargets = block.validation.flatMap { sample in Quantiles.horizons.indices.map { block.target(sample, horizonIndex: $0) } }
        trainer = SequenceTrainer(block.shape, configuration, headBias: block.reference.values, seed: seed)
        stream = SampleStream(block.training, stride: configuration.stride, random: RandomStream(seed: seed, stream: 2))
        referenceLosses = Self.referenceLosses(block.reference, validationTargets)
        best = trainer.mean.parameters.values
        bestLosses = trainer.losses(validationWindows, targets: validationTargets)
    }

    /// Trains until the end or until `stop` says so, which is asked before every batch; true at the end.
    ///
    /// - Throws: `TrainingError.diverged`.
    mutating func train(until stop: () -> Bool, progress: (Double) -> Void) throws -> Bool {
        while round < configuration.rounds, idle < configuration.patience {
            while batch < batches {
                if stop() { return false }
                try trainBatch()
                batch += 1
                progress(Double(seen) / Double(configuration.rounds * batches * configuration.batch))
            }
            validate()
            round += 1
            batch = 0
        }
        shrink()
        return true
    }

    private mutating func trainBatch() throws {
        let samples = stream.next(configuration.batch)
        let targets = samples.flatMap { sample in Quantiles.horizons.indices.map { block.target(sample, horizonIndex: $0) } }
        let share = Double(seen) / Double(configuration.rounds * batches * configuration.batch)
        if trainer.step(samples.map(block.window), targets: targets, rate: configuration.rate * Float(cosineDecay(share))) == nil {
            guard restarts == 0 else { throw TrainingError.diverged(round: round, restarts: restarts) }
            restarts += 1
            trainer.restart(from: best)
            trainer.caution *= 0.3
        }
        seen += configuration.batch
    }

    private mutating func validate() {
        let losses = trainer.losses(validationWindows, targets: validationTargets)
        if losses.reduce(0, +) < bestLosses.reduce(0, +) {
            bestLosses = losses
            best = trainer.mean.parameters.values
            idle = 0
        } else {
            idle += 1
        }
    }

    private mutating func shrink() {
        kept = trainer.shrinkHead(of: best, toward: block.reference.values, validationWindows, targets: validationTargets).kept
        best = trainer.mean.parameters.values
        bestLosses = trainer.losses(validationWindows, targets: validationTargets)
    }

    private static func referenceLosses(_ reference: PooledQuantiles, _ targets: [Float]) -> [Double] {
        let horizons = Quantiles.horizons.count
        let levels = Quantiles.levels
        return (0..<horizons).map { horizon in
            var sum = 0.0
            for i in stride(from: horizon, to: targets.count, by: horizons) {
                for (j, level) in levels.enumerated() {
                    sum += Evaluation.pinball(Double(targets[i]), reference.values[horizon * levels.count + j], level)
                }
            }
            return sum / Double(targets.count / horizons * levels.count)
        }
    }
}

extension SequenceRun {
    var state: State {
        State(
            trainer: trainer.state, best: best, bestLosses: bestLosses, stream: stream.position, seen: seen, restarts: restarts,
            round: round, batch: batch, idle: idle)
    }

    /// - Throws: `ArtifactError.mismatch` when the state is of another net or other rows.
    mutating func resume(_ state: State) throws(ArtifactError) {
        let sizes = [state.trainer.parameters, state.trainer.mean, state.trainer.first, state.trainer.second, state.best].map(\.count)
        guard sizes.allSatisfy({ $0 == best.count }), state.bestLosses.count == bestLosses.count,
            let stream = SampleStream(block.training, stride: configuration.stride, at: state.stream)
        else { throw .mismatch("the checkpoint's run is of another net or other rows") }
        trainer.resume(state.trainer)
        self.stream = stream
        (best, bestLosses) = (state.best, state.bestLosses)
        (seen, restarts, round, batch, idle) = (state.seen, state.restarts, state.round, state.batch, state.idle)
    }
}
