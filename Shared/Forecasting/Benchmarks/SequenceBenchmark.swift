import Kernels

extension SequenceModel {
    /// A benchmark: each call makes `batches` updates (forward, backward, AdamW) with batch 256, window 60, 24 inputs, hidden 64, fp32.
    package static func trainingRounds(batches: Int, threads: Int) throws -> () -> BenchmarkRound {
        try Processor.check()
        var configuration = Net.configuration
        configuration.threads = threads
        let data = RandomWindows(benchmarkShape, count: configuration.batch)
        let targets = (0..<configuration.batch * Quantiles.horizons.count).map { Float($0 * 7919 % 97) / 24 - 2 }
        var trainer = SequenceTrainer<Net>(
            benchmarkShape, configuration, headBias: [Double](repeating: 0, count: benchmarkShape.outputs), seed: 1)
        func update(_ count: Int) {
            for _ in 0..<count { _ = trainer.step(data.windows, targets: targets, rate: 1e-4) }
        }
        update(5)
        return { benchmarkRound(samples: Double(batches * configuration.batch)) { update(batches) } }
    }

    /// A benchmark: each call makes `runs` forward passes of one net over `batch` windows on one thread.
    package static func inferenceRounds(batch: Int, runs: Int) throws -> () -> BenchmarkRound {
        try Processor.check()
        let data = RandomWindows(benchmarkShape, count: batch)
        var forward = ForwardPass(PackedNets<Net>(benchmarkShape, [benchmarkNet().parameters.values]))
        _ = forward.meanOutputs(data.windows)
        return {
            benchmarkRound(samples: Double(runs * batch)) {
                for _ in 0..<runs { _ = forward.meanOutputs(data.windows) }
            }
        }
    }

    /// The net of `inferenceRounds` as an ONNX file.
    package static func benchmarkONNX() -> [UInt8] {
        SequenceModel(
            shape: benchmarkShape, scaling: SequenceScaling(featureVersion: "", names: [], mean: [], deviation: []),
            values: [benchmarkNet().parameters.values], seed: 7, cut: "", metrics: [:]
        ).onnx()
    }

    private static var benchmarkShape: SequenceShape { SequenceShape(inputs: 24, hidden: 64, window: 60) }

    private static func benchmarkNet() -> Net {
        var random = RandomGenerator(seed: 7)
        let net = Net(benchmarkShape)
        net.initialise(&random, headBias: [Double](repeating: 0, count: benchmarkShape.outputs))
        return net
    }
}

/// Windows of random inputs; the pointers are valid as long as this value lives.
struct RandomWindows {
    let windows: [UnsafePointer<Float>]
    private let rows: LaneBuffer

    init(_ shape: SequenceShape, count: Int, seed: UInt64 = 7) {
        var random = RandomGenerator(seed: seed)
        let length = shape.window * shape.paddedInputs
        let rows = LaneBuffer(floats: count * length)
        for i in 0..<count * length where i % shape.paddedInputs < shape.inputs { rows.floats[i] = random.symmetric(2) }
        windows = (0..<count).map { UnsafePointer(rows.floats + $0 * length) }
        self.rows = rows
    }
}
