import Kernels

extension LSTM {
    /// Measured speed of the net on random data.
    package struct Speed: Sendable, Hashable {
        package let samplesPerSecond: Double
        /// Per second of CPU time, all threads: the figure to compare on a shared machine.
        package let samplesPerProcessorSecond: Double
        package let seconds: Double
        package let samples: Int
    }

    /// Training speed: forward, backward, update. Batch 256, window 60, 24 inputs, hidden 64, 21 outputs, fp32.
    ///
    /// - Parameters:
    ///   - batches: updates timed, after five to warm up.
    ///   - threads: workers.
    package static func measureTraining(batches: Int, threads: Int = 1) throws -> Speed {
        try Processor.check()
        var configuration = LSTMConfiguration()
        configuration.threads = threads
        let shape = LSTMShape(inputs: 24, hidden: configuration.hidden, window: configuration.window)
        var random = RandomStream(seed: 7)
        let rows = LaneBuffer(floats: configuration.batch * shape.window * shape.paddedInputs)
        for i in 0..<rows.count * 8 { rows.floats[i] = random.symmetric(2) }
        let windows = (0..<configuration.batch).map { UnsafePointer(rows.floats + $0 * shape.window * shape.paddedInputs) }
        let targets = (0..<configuration.batch * Quantiles.horizons.count).map { _ in random.symmetric(2) }
        var trainer = LSTMTrainer(shape, configuration, headBias: [Double](repeating: 0, count: shape.outputs), seed: 1)
        for _ in 0..<5 { _ = trainer.step(windows, targets: targets, rate: 1e-4) }
        return timed(samples: batches * configuration.batch) {
            for _ in 0..<batches { _ = trainer.step(windows, targets: targets, rate: 1e-4) }
        }
    }

    /// Forecasting speed of one net for `batch` windows at a time.
    package static func measureInference(batch: Int, rounds: Int) throws -> Speed {
        try Processor.check()
        let shape = LSTMShape(inputs: 24, hidden: 64, window: 60)
        var random = RandomStream(seed: 7)
        let parameters = LSTMParameters(shape)
        parameters.initialise(&random, headBias: [Double](repeating: 0, count: shape.outputs))
        let packed = PackedLSTM(shape)
        packed.pack(parameters)
        let rows = LaneBuffer(floats: batch * shape.window * shape.paddedInputs)
        for i in 0..<rows.count * 8 { rows.floats[i] = random.symmetric(2) }
        let windows = (0..<batch).map { UnsafePointer(rows.floats + $0 * shape.window * shape.paddedInputs) }
        let single = LSTMSingle(LSTMColumns(parameters))
        if batch == 1 { return timed(samples: rounds) { for _ in 0..<rounds { _ = single.forward(windows[0]) } } }
        let pass = LSTMPass(packed, panels: min(4, (batch + panelWidth - 1) / panelWidth), trains: false)
        let part = pass.panels * panelWidth
        return timed(samples: rounds * batch) {
            for _ in 0..<rounds {
                for start in stride(from: 0, to: batch, by: part) {
                    pass.forward(packed, samples: windows[start..<min(start + part, batch)], dropout: nil)
                }
            }
        }
    }

    private static func timed(samples: Int, _ body: () -> Void) -> Speed {
        let processor = processorTime()
        let elapsed = ContinuousClock().measure(body)
        let spent = processorTime() - processor
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        return Speed(
            samplesPerSecond: Double(samples) / seconds, samplesPerProcessorSecond: Double(samples) / spent, seconds: seconds,
            samples: samples)
    }
}
