import Kernels

/// Measured speed of a net on random data.
package struct SequenceSpeed: Sendable, Hashable {
    package let samplesPerSecond: Double
    /// Per second of CPU time, all threads: the figure to compare on a shared machine.
    package let samplesPerProcessorSecond: Double
    package let seconds: Double
    package let samples: Int
}

extension SequenceModel {
    /// Training speed: forward, backward, update. Batch 256, window 60, 24 inputs, hidden 64, 21 outputs, fp32.
    ///
    /// - Parameters:
    ///   - batches: updates timed, after five to warm up.
    ///   - threads: workers.
    package static func measureTraining(batches: Int, threads: Int = 1) throws -> SequenceSpeed {
        try Processor.check()
        var configuration = Net.configuration
        configuration.threads = threads
        let data = RandomWindows(measuredShape, count: configuration.batch)
        let targets = (0..<configuration.batch * Quantiles.horizons.count).map { Float($0 * 7919 % 97) / 24 - 2 }
        var trainer = SequenceTrainer<Net>(
            measuredShape, configuration, headBias: [Double](repeating: 0, count: measuredShape.outputs), seed: 1)
        for _ in 0..<5 { _ = trainer.step(data.windows, targets: targets, rate: 1e-4) }
        return timed(samples: batches * configuration.batch) {
            for _ in 0..<batches { _ = trainer.step(data.windows, targets: targets, rate: 1e-4) }
        }
    }

    /// Forecasting speed of one net for `batch` windows at a time, one thread.
    package static func measureInference(batch: Int, rounds: Int) throws -> SequenceSpeed {
        try Processor.check()
        var random = RandomStream(seed: 7)
        let net = Net(measuredShape)
        net.initialise(&random, headBias: [Double](repeating: 0, count: measuredShape.outputs))
        let data = RandomWindows(measuredShape, count: batch)
        var forward = ForwardPass(ReadyNets<Net>(measuredShape, [net.parameters.values]), windows: batch)
        _ = forward.meanOutputs(data.windows)
        return timed(samples: rounds * batch) {
            for _ in 0..<rounds { _ = forward.meanOutputs(data.windows) }
        }
    }

    private static var measuredShape: SequenceShape { SequenceShape(inputs: 24, hidden: 64, window: 60) }

    private static func timed(samples: Int, _ body: () -> Void) -> SequenceSpeed {
        let processor = processorTime()
        let elapsed = ContinuousClock().measure(body)
        let spent = processorTime() - processor
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        return SequenceSpeed(
            samplesPerSecond: Double(samples) / seconds, samplesPerProcessorSecond: Double(samples) / spent, seconds: seconds,
            samples: samples)
    }
}

/// Windows of random inputs; valid while this lives.
struct RandomWindows {
    let windows: [UnsafePointer<Float>]
    private let rows: LaneBuffer

    init(_ shape: SequenceShape, count: Int, seed: UInt64 = 7) {
        var random = RandomStream(seed: seed)
        let length = shape.window * shape.paddedInputs
        let rows = LaneBuffer(floats: count * length)
        for i in 0..<count * length where i % shape.paddedInputs < shape.inputs { rows.floats[i] = random.symmetric(2) }
        windows = (0..<count).map { UnsafePointer(rows.floats + $0 * length) }
        self.rows = rows
    }
}
