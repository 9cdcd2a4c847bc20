import Kernels
import Market

/// The training and validation rows of one training, scaled and laid out for the net.
///
/// Purge: labels of training rows end `TrainingSet.embargo` sessions before the first validation row; labels of validation rows end
/// at or before the cut.
final class SequenceSamples {
    struct Sample {
        var history: Int32
        var row: Int32
    }

    let shape: SequenceShape
    let scaling: SequenceScaling
    /// The pooled quantiles of the training rows: the start of the head's bias, and the reference of the validation.
    let reference: PooledQuantiles
    private(set) var training: [Sample] = []
    private(set) var validation: [Sample] = []
    private let histories: [History]
    private let inputs: [LaneBuffer]

    /// - Throws: `TrainingError.insufficientHistory`.
    init(_ set: TrainingSet, _ configuration: SequenceConfiguration) throws {
        let histories = set.histories
        let sessions = set.sessions()
        guard let layout = histories.first?.layout else {
            throw TrainingError.insufficientHistory(rows: 0, needed: configuration.minimumRows)
        }
        for history in histories where history.layout != layout {
            throw ForecastError.otherFeatures(expected: layout.version, found: history.layout.version)
        }
        let usable = sessions.count - Quantiles.longestHorizon - History.warmUp
        let validationSessions = min(configuration.validationSessions, usable / 4)
        let firstValidation = sessions.count - Quantiles.longestHorizon - validationSessions
        let trainingEnd = firstValidation - 1 - TrainingSet.embargo
        guard validationSessions > 0, trainingEnd > 0 else {
            throw TrainingError.insufficientHistory(rows: max(usable, 0), needed: configuration.minimumRows)
        }
        let start = set.cut.advanced(by: -configuration.windowDays)
        let trainingRows = histories.map { set.rows(of: $0, from: start, labelsEndingBy: sessions[trainingEnd]) }
        reference = try PooledQuantiles(set, series: .blend, from: start, labelsEndingBy: sessions[trainingEnd])
        scaling = SequenceScaling(histories: histories, layout: layout, rows: trainingRows)
        shape = SequenceShape(inputs: scaling.names.count, hidden: configuration.hidden, window: configuration.window)
        self.histories = histories
        let stride = shape.paddedInputs
        inputs = histories.map { LaneBuffer(floats: $0.count * stride) }
        for (i, history) in histories.enumerated() {
            scaling.write(history, rows: 0..<(trainingRows[i].isEmpty ? 0 : history.count), into: inputs[i].floats, stride: stride)
            training += trainingRows[i].compactMap { sample(i, $0, history) }
            let rows = set.rows(of: history, from: sessions[firstValidation])
            if !rows.isEmpty, trainingRows[i].isEmpty {
                scaling.write(history, rows: 0..<history.count, into: inputs[i].floats, stride: stride)
            }
            validation += rows.compactMap { $0 % configuration.stride == 0 ? sample(i, $0, history) : nil }
        }
        guard training.count >= configuration.minimumRows, !validation.isEmpty else {
            throw TrainingError.insufficientHistory(rows: training.count, needed: configuration.minimumRows)
        }
    }

    private func sample(_ index: Int, _ row: Int, _ history: History) -> Sample? {
        guard row + 1 >= shape.window, history.blend[row].isFinite, history.blend[row] > 0 else { return nil }
        guard Quantiles.horizons.allSatisfy({ history.outcome(at: row, horizon: $0).isFinite }) else { return nil }
        return Sample(history: Int32(index), row: Int32(row))
    }

    /// The first input row of a sample's window.
    func window(_ sample: Sample) -> UnsafePointer<Float> {
        UnsafePointer(inputs[Int(sample.history)].floats + (Int(sample.row) + 1 - shape.window) * shape.paddedInputs)
    }

    /// The outcome z of one horizon, clipped to ±8.
    func target(_ sample: Sample, horizonIndex: Int) -> Float {
        let history = histories[Int(sample.history)]
        let horizon = Quantiles.horizons[horizonIndex]
        let z = history.outcome(at: Int(sample.row), horizon: horizon) / (history.blend[Int(sample.row)] * Double(horizon).squareRoot())
        return Float(min(max(z, -8), 8))
    }
}

/// The endless sequence of training rows: per epoch, every `stride`-th row of each instrument, from an offset that rotates by epoch, shuffled.
struct SampleOrder {
    /// A position in the order, enough to continue with the same rows.
    struct Position: Hashable {
        var random: [UInt64]
        var epoch: Int
        var remaining: Int
    }

    private let samples: [SequenceSamples.Sample]
    private let stride: Int
    private var random: RandomGenerator
    private var order: [Int32] = []
    private var epoch = 0
    /// The random generator's state before the current epoch was shuffled.
    private var shuffledFrom: [UInt64]

    init(_ samples: [SequenceSamples.Sample], stride: Int, random: RandomGenerator) {
        self.samples = samples
        self.stride = stride
        self.random = random
        shuffledFrom = random.words
    }

    var position: Position { Position(random: shuffledFrom, epoch: epoch, remaining: order.count) }

    /// - Returns: nil if the position does not exist in the samples.
    init?(_ samples: [SequenceSamples.Sample], stride: Int, at position: Position) {
        guard let random = RandomGenerator(words: position.random) else { return nil }
        self.init(samples, stride: stride, random: random)
        guard position.epoch > 0 else {
            if position.remaining != 0 { return nil }
            return
        }
        epoch = position.epoch - 1
        refill()
        guard position.remaining >= 0, position.remaining <= order.count else { return nil }
        order.removeLast(order.count - position.remaining)
    }

    mutating func next(_ count: Int) -> [SequenceSamples.Sample] {
        var batch: [SequenceSamples.Sample] = []
        batch.reserveCapacity(count)
        while batch.count < count {
            if order.isEmpty { refill() }
            if let index = order.popLast() { batch.append(samples[Int(index)]) }
        }
        return batch
    }

    private mutating func refill() {
        shuffledFrom = random.words
        let offset = epoch * 3 % stride
        epoch += 1
        order = samples.indices.filter { (Int(samples[$0].row) + offset) % stride == 0 }.map(Int32.init)
        random.shuffle(&order)
    }
}
