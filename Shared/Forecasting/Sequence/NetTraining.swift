import Kernels

/// The training of one net: rounds of batches, each followed by a validation.
struct NetTraining<Net: SequenceNet> {
    /// The state between two batches. State, samples and configuration determine the rest of the training.
    struct State: Hashable {
        var trainer: SequenceTrainer<Net>.State
        var best: [Float]
        var bestLosses: [Double]
        var order: SampleOrder.Position
        var samplesSeen = 0, restarts = 0, round = 0, batch = 0
        var roundsWithoutGain = 0
    }

    private let block: SequenceSamples
    private let configuration: SequenceConfiguration
    private let batches: Int
    private let validationWindows: [UnsafePointer<Float>]
    private let validationTargets: [Float]
    private var trainer: SequenceTrainer<Net>
    private var order: SampleOrder
    private(set) var best: [Float]
    private(set) var bestLosses: [Double]
    /// `HeadShrinkage.weights`, set at the end of training; 1 before.
    private(set) var headWeights = Quantiles.horizons.map { _ in 1.0 }
    /// The validation losses of the pooled quantiles from which the net starts.
    let referenceLosses: [Double]
    private(set) var samplesSeen = 0
    private(set) var restarts = 0
    private(set) var round = 0
    private var batch = 0
    private var roundsWithoutGain = 0

    init(_ block: SequenceSamples, _ configuration: SequenceConfiguration, seed: UInt64) {
        self.block = block
        self.configuration = configuration
        let rows = max(block.training.count, 10 * configuration.batch)
        batches = min(configuration.roundSamples, rows) / configuration.batch
        validationWindows = block.validation.map(block.window)
        validationTargets = block.validation.flatMap { sample in Quantiles.horizons.indices.map { block.target(sample, horizonIndex: $0) } }
        trainer = SequenceTrainer(block.shape, configuration, headBias: block.reference.values, seed: seed)
        order = SampleOrder(block.training, stride: configuration.stride, random: RandomGenerator(seed: seed, stream: 2))
        referenceLosses = Self.referenceLosses(block.reference, validationTargets)
        best = trainer.mean.parameters.values
        bestLosses = trainer.losses(validationWindows, targets: validationTargets)
    }

    /// Trains until the end or until `stop` returns true; `stop` is called before every batch.
    ///
    /// - Returns: whether the end was reached.
    /// - Throws: `TrainingError.diverged`.
    mutating func train(until stop: () -> Bool, progress: (Double) -> Void) throws -> Bool {
        while round < configuration.rounds, roundsWithoutGain < configuration.patience {
            while batch < batches {
                if stop() { return false }
                try trainBatch()
                batch += 1
                progress(Double(samplesSeen) / Double(configuration.rounds * batches * configuration.batch))
            }
            validate()
            round += 1
            batch = 0
        }
        shrinkHead()
        return true
    }

    private mutating func trainBatch() throws {
        let samples = order.next(configuration.batch)
        let targets = samples.flatMap { sample in Quantiles.horizons.indices.map { block.target(sample, horizonIndex: $0) } }
        let share = Double(samplesSeen) / Double(configuration.rounds * batches * configuration.batch)
        if trainer.step(samples.map(block.window), targets: targets, rate: configuration.rate * Float(cosineDecay(share))) == nil {
            guard restarts == 0 else { throw TrainingError.diverged(round: round, restarts: restarts) }
            restarts += 1
            trainer.restart(from: best)
            trainer.rateFactor *= 0.3
        }
        samplesSeen += configuration.batch
    }

    private mutating func validate() {
        let losses = trainer.losses(validationWindows, targets: validationTargets)
        if losses.reduce(0, +) < bestLosses.reduce(0, +) {
            bestLosses = losses
            best = trainer.mean.parameters.values
            roundsWithoutGain = 0
        } else {
            roundsWithoutGain += 1
        }
    }

    private mutating func shrinkHead() {
        headWeights = trainer.shrinkHead(of: best, toward: block.reference.values, validationWindows, targets: validationTargets).weights
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

extension NetTraining {
    var state: State {
        State(
            trainer: trainer.state, best: best, bestLosses: bestLosses, order: order.position, samplesSeen: samplesSeen, restarts: restarts,
            round: round, batch: batch, roundsWithoutGain: roundsWithoutGain)
    }

    /// Continues from a state.
    ///
    /// - Throws: `ArtifactError.mismatch` when the state belongs to another net or to other rows.
    mutating func resume(_ state: State) throws(ArtifactError) {
        let sizes = [state.trainer.parameters, state.trainer.mean, state.trainer.first, state.trainer.second, state.best].map(\.count)
        guard sizes.allSatisfy({ $0 == best.count }), state.bestLosses.count == bestLosses.count,
            let order = SampleOrder(block.training, stride: configuration.stride, at: state.order)
        else { throw .mismatch("the checkpoint's run is of another net or other rows") }
        trainer.resume(state.trainer)
        self.order = order
        (best, bestLosses) = (state.best, state.bestLosses)
        (samplesSeen, restarts, round, batch, roundsWithoutGain) = (
            state.samplesSeen, state.restarts, state.round, state.batch, state.roundsWithoutGain
        )
    }
}
