import Kernels

/// The inputs of a sequence net and their scaling: (x − mean) / deviation, missing → 0, clipped to ±8.
struct SequenceScaling: Sendable, Hashable {
    let featureVersion: String
    /// The history's sequence features, then ln(σ97 / S), ln S + 4 and `EarningsSeasonality`.
    let names: [String]
    let mean: [Float]
    let deviation: [Float]

    static let derivedNames = TabularInputs.derivedNames
    static let limit: Float = 8

    static func names(_ layout: FeatureLayout) -> [String] { layout.sequenceNames + derivedNames }

    /// Checks that a history has the features on which the net was trained.
    func check(_ layout: FeatureLayout) throws(ForecastError) {
        guard layout.version == featureVersion, Self.names(layout) == names else {
            throw .otherFeatures(expected: featureVersion, found: layout.version)
        }
    }

    /// Mean and deviation over the given rows of each history, in double precision.
    init(histories: [History], layout: FeatureLayout, rows: [Range<Int>]) {
        featureVersion = layout.version
        names = Self.names(layout)
        var sums = names.map { _ in (count: 0.0, sum: 0.0, squares: 0.0) }
        for (history, range) in zip(histories, rows) {
            Self.readRaw(history, rows: range) { _, raw in
                for (column, value) in raw.enumerated() where value.isFinite {
                    sums[column].count += 1
                    sums[column].sum += Double(value)
                    sums[column].squares += Double(value) * Double(value)
                }
            }
        }
        mean = sums.map { $0.count > 0 ? Float($0.sum / $0.count) : 0 }
        deviation = sums.map {
            let m = $0.count > 0 ? $0.sum / $0.count : 0
            let variance = $0.count > 0 ? max($0.squares / $0.count - m * m, 0) : 0
            return variance > 1e-12 ? Float(variance.squareRoot()) : 1
        }
    }

    /// Calls `body` with the index of each row in `rows` and its unscaled inputs (NaN = missing). Rows before the history's first are skipped.
    private static func readRaw(_ history: History, rows: Range<Int>, _ body: (_ place: Int, _ raw: [Float]) -> Void) {
        let layout = history.layout
        let seasonality = EarningsSeasonality(layout).values(history, rows: rows)
        let horizons = Quantiles.horizons.count
        var raw = [Float](repeating: 0, count: layout.sequence.count + derivedNames.count)
        for (place, row) in rows.enumerated() where row >= 0 {
            for (column, feature) in layout.sequence.enumerated() { raw[column] = history.features[row * layout.names.count + feature] }
            let blend = history.blend[row]
            raw[layout.sequence.count] = Float(logarithm(history.sigma97[row] / blend))
            raw[layout.sequence.count + 1] = Float(logarithm(blend) + 4)
            for i in 0..<horizons { raw[layout.sequence.count + 2 + i] = seasonality[place * horizons + i] }
            body(place, raw)
        }
    }

    init(featureVersion: String, names: [String], mean: [Float], deviation: [Float]) {
        self.featureVersion = featureVersion
        self.names = names
        self.mean = mean
        self.deviation = deviation
    }

    /// Writes scaled rows, `stride` floats apart. Rows before the history's first stay unchanged.
    func write(_ history: History, rows: Range<Int>, into target: UnsafeMutablePointer<Float>, stride: Int) {
        Self.readRaw(history, rows: rows) { place, raw in
            for column in names.indices {
                let value = (raw[column] - mean[column]) / deviation[column]
                target[place * stride + column] = value.isFinite ? min(max(value, -Self.limit), Self.limit) : 0
            }
        }
    }
}
