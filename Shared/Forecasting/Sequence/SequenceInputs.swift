import Kernels

/// Which numbers a sequence net reads each session, and how they are scaled: (x - mean) / deviation, missing → 0, clipped to ±8.
struct SequenceScaling: Sendable, Hashable {
    let featureVersion: String
    /// The history's sequence features, then `ln_s97_S` = ln(σ97 / S) and `ln_S` = ln S + 4.
    let names: [String]
    let mean: [Float]
    let deviation: [Float]

    static let derivedNames = ["ln_s97_S", "ln_S"]
    static let limit: Float = 8

    static func names(_ layout: FeatureLayout) -> [String] { layout.sequenceNames + derivedNames }

    /// Refuses a history whose features are not those the net was trained on.
    func check(_ layout: FeatureLayout) throws(ForecastRefusal) {
        guard layout.version == featureVersion, Self.names(layout) == names else {
            throw .otherFeatures(expected: featureVersion, found: layout.version)
        }
    }

    /// Unscaled input `column` of one row; NaN = missing.
    @inline(__always)
    static func raw(_ history: History, row: Int, column: Int) -> Float {
        let features = history.layout.sequence.count
        if column < features { return history.features[row * history.layout.names.count + history.layout.sequence[column]] }
        let blend = history.blend[row]
        return Float(column == features ? logarithm(history.sigma97[row] / blend) : logarithm(blend) + 4)
    }

    /// Mean and deviation over the given rows of each history, in double precision.
    init(histories: [History], layout: FeatureLayout, rows: [Range<Int>]) {
        featureVersion = layout.version
        names = Self.names(layout)
        var mean: [Float] = []
        var deviation: [Float] = []
        for column in names.indices {
            var count = 0.0
            var sum = 0.0
            var squares = 0.0
            for (history, range) in zip(histories, rows) {
                for row in range {
                    let value = Double(Self.raw(history, row: row, column: column))
                    guard value.isFinite else { continue }
                    count += 1
                    sum += value
                    squares += value * value
                }
            }
            let m = count > 0 ? sum / count : 0
            let variance = count > 0 ? max(squares / count - m * m, 0) : 0
            mean.append(Float(m))
            deviation.append(variance > 1e-12 ? Float(variance.squareRoot()) : 1)
        }
        self.mean = mean
        self.deviation = deviation
    }

    init(featureVersion: String, names: [String], mean: [Float], deviation: [Float]) {
        self.featureVersion = featureVersion
        self.names = names
        self.mean = mean
        self.deviation = deviation
    }

    /// Writes scaled rows, `stride` floats apart; rows before the history's first are zero.
    func write(_ history: History, rows: Range<Int>, into target: UnsafeMutablePointer<Float>, stride: Int) {
        for (i, row) in rows.enumerated() where row >= 0 {
            for column in names.indices {
                let value = (Self.raw(history, row: row, column: column) - mean[column]) / deviation[column]
                target[i * stride + column] = value.isFinite ? min(max(value, -Self.limit), Self.limit) : 0
            }
        }
    }
}
