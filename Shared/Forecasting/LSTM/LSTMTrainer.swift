import Kernels

/// The training of one net, batch by batch: gradients of fixed parts in parallel, summed in part order, then one AdamW step.
struct LSTMTrainer {
    let configuration: LSTMConfiguration
    let parameters: LSTMParameters
    /// The learning rate's factor, lowered after a divergence.
    var caution: Float = 1
    private let packed: PackedLSTM
    private let parts: [Part]
    private let workers: [LSTMPass]
    private let total: LSTMParameters
    private var adam: Adam
    private var random: RandomStream
    private let dropout: LaneBuffer

    private struct Part {
        let gradient: LSTMParameters
        let biasLanes: LaneBuffer
    }

    init(_ shape: LSTMShape, _ configuration: LSTMConfiguration, headBias: [Double], seed: UInt64) {
        self.configuration = configuration
        random = RandomStream(seed: seed, stream: 1)
        parameters = LSTMParameters(shape)
        parameters.initialise(&random, headBias: headBias)
        packed = PackedLSTM(shape)
        packed.pack(parameters)
        parts = (0..<configuration.batch / configuration.partSamples).map { _ in
            Part(gradient: LSTMParameters(shape), biasLanes: LaneBuffer(count: shape.gates))
        }
        let packed = self.packed
        workers = (0..<max(1, min(configuration.threads, parts.count))).map { _ in
            LSTMPass(packed, panels: configuration.partSamples / panelWidth, trains: true)
        }
        total = LSTMParameters(shape)
        adam = Adam(count: parameters.block.count)
        dropout = LaneBuffer(floats: configuration.batch * shape.hidden)
    }

    /// One update from one batch of windows and their targets (`[sample][horizon]`).
    ///
    /// - Returns: the mean pinball loss before the update, or nil when loss or gradient is not finite (nothing is updated then).
    mutating func step(_ windows: [UnsafePointer<Float>], targets: [Float], rate: Float) -> Double? {
        precondition(windows.count == configuration.batch)
        drawDropout()
        let loss = gradient(windows, targets: targets, dropout: configuration.dropout > 0 ? UnsafePointer(dropout.floats) : nil)
        let norm = Reduction.sumOfSquares(total.block.lanes, count: total.block.count).squareRoot()
        guard loss.isFinite, norm.isFinite else { return nil }
        let scale = min(1, configuration.gradientNorm / (norm + 1e-6))
        adam.update(parameters.block.lanes, gradient: total.block.lanes, scale: scale, rate: rate * caution, decay: configuration.decay)
        packed.pack(parameters)
        return loss
    }

    /// Fills `total` with the batch's gradient; returns its loss.
    func gradient(_ windows: [UnsafePointer<Float>], targets: [Float], dropout: UnsafePointer<Float>?) -> Double {
        let size = configuration.partSamples
        var losses = [Double](repeating: 0, count: parts.count)
        let shape = parameters.shape
        let weight = 1 / Float(shape.outputs * windows.count)
        losses.withUnsafeMutableBufferPointer { losses in
            nonisolated(unsafe) let losses = losses
            Parallel.run(parts: parts.count, workers: workers.count) { index, worker in
                let pass = workers[worker]
                let part = parts[index]
                let samples = windows[index * size..<(index + 1) * size]
                part.gradient.block.clear()
                part.biasLanes.clear()
                pass.forward(packed, samples: samples, dropout: dropout.map { $0 + index * size * shape.hidden })
                losses[index] = pinballGradient(pass, targets: targets, first: index * size, count: size, weight: weight)
                pass.backward(packed, samples: samples, dropped: dropout != nil, into: part.gradient, biasLanes: part.biasLanes)
                for row in 0..<shape.gates { part.gradient.bias[row] = part.biasLanes.lanes[row].sum() }
            }
        }
        total.block.clear()
        for part in parts { Reduction.add(part.gradient.block.lanes, to: total.block.lanes, count: total.block.count) }
        return losses.reduce(0, +)
    }

    /// The mean pinball loss per horizon over windows, without dropout.
    func losses(_ windows: [UnsafePointer<Float>], targets: [Float]) -> [Double] {
        let size = configuration.partSamples
        let parts = (windows.count + size - 1) / size
        let horizons = Quantiles.horizons.count
        var sums = [Double](repeating: 0, count: parts * horizons)
        sums.withUnsafeMutableBufferPointer { sums in
            nonisolated(unsafe) let sums = sums
            Parallel.run(parts: parts, workers: workers.count) { index, worker in
                let samples = windows[index * size..<min((index + 1) * size, windows.count)]
                workers[worker].forward(packed, samples: samples, dropout: nil)
                for i in samples.indices {
                    for (row, level) in levelsByRow.enumerated() {
                        let horizon = row / Quantiles.levels.count
                        let q = workers[worker].output(row, sample: i - samples.startIndex)
                        sums[index * horizons + horizon] += Evaluation.pinball(
                            Double(targets[i * horizons + horizon]), Double(q), Double(level))
                    }
                }
            }
        }
        return (0..<horizons).map { horizon in
            stride(from: horizon, to: sums.count, by: horizons).reduce(0) { $0 + sums[$1] }
                / Double(windows.count * Quantiles.levels.count)
        }
    }

    /// Back to these weights, with fresh moments.
    mutating func restart(from values: [Float]) {
        parameters.load(values)
        packed.pack(parameters)
        adam = Adam(count: parameters.block.count)
    }

    /// The last gradient, for tests.
    var gradientValues: [Float] { total.values }

    private mutating func drawDropout() {
        guard configuration.dropout > 0 else { return }
        let keep = 1 / (1 - configuration.dropout)
        let values = dropout.floats
        for i in 0..<configuration.batch * parameters.shape.hidden { values[i] = random.uniform() < configuration.dropout ? 0 : keep }
    }

    private func pinballGradient(_ pass: LSTMPass, targets: [Float], first: Int, count: Int, weight: Float) -> Double {
        var loss = 0.0
        let horizons = Quantiles.horizons.count
        for sample in 0..<count {
            for (row, level) in levelsByRow.enumerated() {
                let d = targets[(first + sample) * horizons + row / Quantiles.levels.count] - pass.output(row, sample: sample)
                loss += Double(max(level * d, (level - 1) * d))
                pass.setOutputGradient((d > 0 ? -level : 1 - level) * weight, row: row, sample: sample)
            }
        }
        return loss * Double(weight)
    }
}

/// The level of each output row.
let levelsByRow: [Float] = Quantiles.horizons.flatMap { _ in Quantiles.levels.map(Float.init) }
