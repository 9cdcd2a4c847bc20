import Kernels

extension SequenceModel {
    /// Rounds of `batches` updates: forward, backward, AdamW. Batch 256, window 60, 24 inputs, hidden 64, 21 outputs, fp32.
    ///
    /// - Parameter threads: workers.
    package static func trainingRounds(batches: Int, threads: Int) throws -> () -> BenchmarkRound {
        try Processor.check()
        var configuration = Net.configuration
        configuration.threads = threads
        let data = RandomWindows(measuredShape, count: configuration.batch)
        let targets = (0..<configuration.batch * Quantiles.horizons.count).map { Float($0 * 7919 % 97) / 24 - 2 }
        var trainer = SequenceTrainer<Net>(
            measuredShape, configuration, headBias: [Double](repeating: 0, count: measuredShape.outputs), seed: 1)
        func update(_ count: Int) {
            for _ in 0..<count { _ = trainer.step(data.windows, targets: targets, rate: 1e-4) }
        }
        update(5)
        return { benchmarkRound(samples: Double(batches * configuration.batch)) { update(batches) } }
    }

    /// Rounds of `runs` forward passes of one net over `batch` windows at a time, one thread.
    package static func inferenceRounds(batch: Int, runs: Int) throws -> () -> BenchmarkRound {
        try Processor.check()
        let data = RandomWindows(measuredShape, count: batch)
        var forward = ForwardPass(ReadyNets<Net>(measuredShape, [measuredNet().parameters.values]))
        _ = forward.meanOutputs(data.windows)
        return {
            benchmarkRound(samples: Double(runs * batch)) {
                for _ in 0..<runs { _ = forward.meanOutputs(data.windows) }
            }
        }
    }

    /// The net of `inferenceRounds` as an ONNX file.
    package static func measuredONNX() -> [UInt8] {
        SequenceModel(
            shape: measuredShape, scaling: SequenceScaling(featureVersion: "", names: [], mean: [], deviation: []),
            values: [measuredNet().parameters.values], seed: 7, cut: "", metrics: [:]
        ).onnx()
    }

    private static var measuredShape: SequenceShape { SequenceShape(inputs: 24, hidden: 64, window: 60) }

    private static func measuredNet() -> Net {
        var random = RandomStream(seed: 7)
        let net = Net(measuredShape)
        net.initialise(&random, headBias: [Double](repeating: 0, count: measuredShape.outputs))
        return net
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
