import Kernels
import Market

extension LSTM {
    package static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> LSTM {
        try fit(set, LSTMConfiguration(), seed: seed, deadline: deadline, progress: progress)
    }

    /// Trains `configuration.nets` nets and keeps of each the weights that did best on the validation block.
    ///
    /// - Throws: `TrainingFailure`, `Processor.Unsupported`.
    package static func fit(
        _ set: TrainingSet, _ configuration: LSTMConfiguration, seed: UInt64, deadline: ContinuousClock.Instant? = nil,
        progress: (Double) -> Void = { _ in }
    ) throws -> LSTM {
        try Processor.check()
        let block = try SampleBlock(set, configuration)
        var nets: [[Float]] = []
        var runs: [LSTMRun] = []
        for net in 0..<configuration.nets {
            var run = LSTMRun(block, configuration, seed: seed &+ UInt64(net) &* 0x9E37_79B9)
            try run.train(deadline: deadline) { progress((Double(net) + $0) / Double(configuration.nets)) }
            nets.append(run.best)
            runs.append(run)
        }
        progress(1)
        return LSTM(
            shape: block.shape, scaling: block.scaling, nets: nets, seed: seed, cut: set.cut.description, metrics: metrics(block, runs))
    }

    private static func metrics(_ block: SampleBlock, _ runs: [LSTMRun]) -> [String: Double] {
        let count = Double(runs.count)
        var metrics = [
            "training_rows": Double(block.training.count), "validation_rows": Double(block.validation.count),
            "samples_seen": Double(runs.reduce(0) { $0 + $1.seen }), "restarts": Double(runs.reduce(0) { $0 + $1.restarts }),
            "stopped_by_deadline": runs.contains(where: \.stoppedByDeadline) ? 1 : 0,
        ]
        for (i, horizon) in Quantiles.horizons.enumerated() {
            let loss = runs.reduce(0) { $0 + $1.bestLosses[i] } / count
            let reference = runs[0].referenceLosses[i]
            metrics["validation_pinball_h\(horizon)"] = loss
            metrics["validation_pinball_blended_fhs_h\(horizon)"] = reference
            metrics["validation_skill_h\(horizon)"] = Evaluation.skill(loss, over: reference)
        }
        return metrics
    }
}

/// One net on its way: rounds of training, each followed by a look at the validation block.
struct LSTMRun {
    private let block: SampleBlock
    private let configuration: LSTMConfiguration
    private let roundSamples: Int
    private let validationWindows: [UnsafePointer<Float>]
    private let validationTargets: [Float]
    private var trainer: LSTMTrainer
    private var stream: SampleStream
    private(set) var best: [Float]
    private(set) var bestLosses: [Double]
    /// The validation losses of the pooled quantiles that the net starts from.
    let referenceLosses: [Double]
    private(set) var seen = 0
    private(set) var restarts = 0
    private(set) var stoppedByDeadline = false

    init(_ block: SampleBlock, _ configuration: LSTMConfiguration, seed: UInt64) {
        self.block = block
        self.configuration = configuration
        let rows = max(block.training.count, 10 * configuration.batch)
        roundSamples = min(configuration.roundSamples, rows) / configuration.batch * configuration.batch
        validationWindows = block.validation.map(block.window)
        validationTargets = block.validation.flatMap { sample in Quantiles.horizons.indices.map { block.target(sample, horizonIndex: $0) } }
        trainer = LSTMTrainer(block.shape, configuration, headBias: block.reference.values, seed: seed)
        stream = SampleStream(block.training, stride: configuration.stride, random: RandomStream(seed: seed, stream: 2))
        referenceLosses = Self.referenceLosses(block.reference, validationTargets)
        best = trainer.parameters.values
        bestLosses = trainer.losses(validationWindows, targets: validationTargets)
    }

    /// - Throws: `TrainingFailure.diverged`, `.deadline` when it comes before the first round has ended.
    mutating func train(deadline: ContinuousClock.Instant?, progress: (Double) -> Void) throws {
        let total = configuration.rounds * roundSamples
        var idle = 0
        var round = 0
        while round < configuration.rounds, idle < configuration.patience {
            guard try trainRound(round, total: total, deadline: deadline, progress: progress) else {
                stoppedByDeadline = true
                if round == 0 { throw TrainingFailure.deadline }
                return
            }
            round += 1
            let losses = trainer.losses(validationWindows, targets: validationTargets)
            if losses.reduce(0, +) < bestLosses.reduce(0, +) {
                bestLosses = losses
                best = trainer.parameters.values
                idle = 0
            } else {
                idle += 1
            }
        }
    }

    /// False when the deadline came.
    private mutating func trainRound(
        _ round: Int, total: Int, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> Bool {
        for _ in 0..<roundSamples / configuration.batch {
            if let deadline, ContinuousClock.now >= deadline { return false }
            let samples = stream.next(configuration.batch)
            let targets = samples.flatMap { sample in Quantiles.horizons.indices.map { block.target(sample, horizonIndex: $0) } }
            let rate = configuration.rate * Float(cosineDecay(Double(seen) / Double(total)))
            if trainer.step(samples.map(block.window), targets: targets, rate: rate) == nil {
                restarts += 1
                guard restarts < 2 else { throw TrainingFailure.diverged(round: round) }
                trainer.restart(from: best)
                trainer.caution *= 0.3
            }
            seen += configuration.batch
            progress(Double(seen) / Double(total))
        }
        return true
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
