import Kernels

/// Trains one net batch by batch: gradients of fixed parts in parallel, summed in part order, then one AdamW step.
struct SequenceTrainer<Net: SequenceNet> {
    let configuration: SequenceConfiguration
    let net: Net
    /// The running mean of the parameters (Polyak and Juditsky, 1992), less noisy than the parameters themselves.
    let mean: Net
    /// Factor of the learning rate, lowered after a divergence.
    var rateFactor: Float = 1
    private let seed: UInt64
    private let parts: [LaneBuffer]
    private let workers: [Net.Pass]
    private let total: LaneBuffer
    private var adam: Adam
    /// The number of steps, with or without an update of the weights; dropout masks depend on this number.
    private var updates = 0

    init(_ shape: SequenceShape, _ configuration: SequenceConfiguration, headBias: [Double], seed: UInt64) {
        self.configuration = configuration
        self.seed = seed
        var random = RandomGenerator(seed: seed, stream: 1)
        let net = Net(shape)
        net.initialise(&random, headBias: headBias)
        net.pack()
        self.net = net
        mean = Net(shape)
        mean.parameters.load(net.parameters.values)
        mean.pack()
        let count = net.parameters.buffer.count
        parts = (0..<configuration.batch / configuration.partSamples).map { _ in LaneBuffer(count: count) }
        workers = (0..<max(1, min(configuration.threads, parts.count))).map { _ in
            net.makePass(trains: true)
        }
        total = LaneBuffer(count: count)
        adam = Adam(count: count)
    }

    /// Updates the net by one batch of windows and their targets (`[sample][horizon]`).
    ///
    /// - Returns: the mean pinball loss before the update; nil, without an update, when the loss or the gradient is not finite.
    mutating func step(_ windows: [UnsafePointer<Float>], targets: [Float], rate: Float) -> Double? {
        precondition(windows.count == configuration.batch)
        let loss = gradient(windows, targets: targets, drops: configuration.dropout > 0)
        updates += 1
        let norm = Reduction.sumOfSquares(total.lanes, count: total.count).squareRoot()
        guard loss.isFinite, norm.isFinite else { return nil }
        let scale = min(1, configuration.gradientNorm / (norm + 1e-6))
        adam.update(net.parameters.buffer.lanes, gradient: total.lanes, scale: scale, rate: rate * rateFactor, decay: configuration.decay)
        net.pack()
        Reduction.average(
            net.parameters.buffer.lanes, into: mean.parameters.buffer.lanes, keeping: min(configuration.averaging, warmUp),
            count: net.parameters.buffer.count)
        return loss
    }

    /// The upper bound of the mean's weight, n / (n + 10) after n steps, so that the random start soon has no influence.
    private var warmUp: Float { Float(updates) / Float(updates + 10) }

    /// The dropout of one panel in the next step, by the index of the panel's first sample.
    func dropout(firstSample: Int) -> Dropout {
        let (part, panel) = (firstSample / panelWidth).quotientAndRemainder(dividingBy: Net.dropoutPanels)
        return Dropout(rate: configuration.dropout, seed: seed, update: updates, part: part, firstSite: panel)
    }

    /// Computes the batch's gradient into `total` and returns its loss.
    func gradient(_ windows: [UnsafePointer<Float>], targets: [Float], drops: Bool) -> Double {
        let size = configuration.partSamples
        var losses = [Double](repeating: 0, count: parts.count)
        let weight = 1 / Float(net.shape.outputs * windows.count)
        losses.withUnsafeMutableBufferPointer { losses in
            // Safe: each part writes its own element.
            nonisolated(unsafe) let losses = losses
            Parallel.run(parts: parts.count, workers: workers.count) { index, worker in
                let pass = workers[worker]
                parts[index].clear()
                var loss = 0.0
                for first in stride(from: index * size, to: (index + 1) * size, by: panelWidth) {
                    let samples = windows[first..<first + panelWidth]
                    let dropout = drops ? dropout(firstSample: first) : nil
                    pass.forward(net, samples: samples, dropout: dropout)
                    loss += pinballGradient(pass.outputs, targets: targets, samples.indices, weight: weight)
                    pass.backward(net, samples: samples, dropout: dropout, into: parts[index])
                }
                losses[index] = loss
            }
        }
        total.clear()
        for part in parts { Reduction.add(part.lanes, to: total.lanes, count: total.count) }
        return losses.reduce(0, +)
    }

    /// The outputs of the mean net without dropout, `[window][output]`.
    func meanOutputs(_ windows: [UnsafePointer<Float>]) -> [Float] {
        mean.pack()
        let size = panelWidth, width = net.shape.outputs
        var outputs = [Float](repeating: 0, count: windows.count * width)
        outputs.withUnsafeMutableBufferPointer { outputs in
            // Safe: each part writes the rows of its own samples.
            nonisolated(unsafe) let outputs = outputs
            Parallel.run(parts: (windows.count + size - 1) / size, workers: workers.count) { index, worker in
                let samples = windows[index * size..<min((index + 1) * size, windows.count)]
                workers[worker].forward(mean, samples: samples, dropout: nil)
                for i in samples.indices {
                    for row in 0..<width { outputs[i * width + row] = workers[worker].outputs[row, sample: i - samples.startIndex] }
                }
            }
        }
        return outputs
    }

    /// The mean net's pinball loss per horizon.
    func losses(_ windows: [UnsafePointer<Float>], targets: [Float]) -> [Double] {
        let outputs = meanOutputs(windows)
        let horizons = Quantiles.horizons.count, width = net.shape.outputs
        var sums = [Double](repeating: 0, count: horizons)
        for window in windows.indices {
            for (row, level) in levelsByRow.enumerated() {
                let horizon = row / Quantiles.levels.count
                sums[horizon] += Evaluation.pinball(
                    Double(targets[window * horizons + horizon]), Double(outputs[window * width + row]), Double(level))
            }
        }
        return sums.map { $0 / Double(windows.count * Quantiles.levels.count) }
    }

    /// Loads parameters into the mean net and shrinks its head by the validation windows; returns the shrinkage.
    func shrinkHead(
        of values: [Float], toward reference: [Double], _ windows: [UnsafePointer<Float>], targets: [Float]
    ) -> HeadShrinkage {
        mean.parameters.load(values)
        let shrinkage = HeadShrinkage(outputs: meanOutputs(windows), targets: targets, reference: reference)
        shrinkage.apply(to: mean.head, of: mean.parameters, reference: reference)
        return shrinkage
    }

    /// Restarts from these parameters with fresh moments.
    mutating func restart(from values: [Float]) {
        net.parameters.load(values)
        net.pack()
        mean.parameters.load(values)
        adam = Adam(count: net.parameters.buffer.count)
    }

    /// The last gradient, in the layout of the parameters.
    var gradientValues: [Float] { net.parameters.values(of: total) }

    private func pinballGradient(_ outputs: OutputPanels, targets: [Float], _ samples: Range<Int>, weight: Float) -> Double {
        var loss = 0.0
        let horizons = Quantiles.horizons.count
        for sample in samples {
            for (row, level) in levelsByRow.enumerated() {
                let place = sample - samples.lowerBound
                let d = targets[sample * horizons + row / Quantiles.levels.count] - outputs[row, sample: place]
                loss += Double(max(level * d, (level - 1) * d))
                outputs.setGradient((d > 0 ? -level : 1 - level) * weight, row: row, sample: place)
            }
        }
        return loss * Double(weight)
    }
}

extension SequenceTrainer {
    /// The state on which a step depends, besides its batch.
    struct State: Hashable {
        var parameters, mean, first, second: [Float]
        var steps, updates: Int
        var rateFactor: Float
    }

    var state: State {
        State(
            parameters: net.parameters.values, mean: mean.parameters.values, first: net.parameters.values(of: adam.first),
            second: net.parameters.values(of: adam.second),
            steps: adam.steps, updates: updates, rateFactor: rateFactor)
    }

    mutating func resume(_ state: State) {
        restart(from: state.parameters)
        mean.parameters.load(state.mean)
        adam.first.floats.update(from: state.first, count: state.first.count)
        adam.second.floats.update(from: state.second, count: state.second.count)
        adam.steps = state.steps
        updates = state.updates
        rateFactor = state.rateFactor
    }
}

/// The quantile level of each output.
let levelsByRow: [Float] = Quantiles.horizons.flatMap { _ in Quantiles.levels.map(Float.init) }
