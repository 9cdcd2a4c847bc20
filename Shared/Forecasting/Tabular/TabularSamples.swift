import Market

/// The labelled rows of one training, pooled over all histories: inputs row-major, and z = y / (S √h) of each horizon, clipped to ±8.
struct TabularSamples {
    let inputs: TabularInputs
    private(set) var rows = 0
    /// The inputs, rows × inputs, NaN = missing.
    private(set) var values: [Float] = []
    /// The outcomes z, one array of `rows` values per horizon.
    private(set) var targets: [[Float]] = Quantiles.horizons.map { _ in [] }

    /// Every third row of the ten years before the cut is used, because neighbouring rows are nearly equal.
    static let stride = 3, windowDays = 3653
    /// The least number of rows for training.
    static let minimumRows = 1_000
    static let limit: Float = 8

    /// - Throws: `TrainingError.insufficientHistory`; `ForecastError.otherFeatures` when the histories differ in layout.
    init(_ set: TrainingSet) throws {
        guard let layout = set.histories.first?.layout else {
            throw TrainingError.insufficientHistory(rows: 0, needed: Self.minimumRows)
        }
        inputs = TabularInputs(layout)
        let start = set.cut.advanced(by: -Self.windowDays)
        for (i, history) in set.histories.enumerated() {
            try inputs.check(history.layout)
            for row in set.rows(of: history, from: start) where (row + i) % Self.stride == 0 { append(history, row) }
        }
        guard rows >= Self.minimumRows else { throw TrainingError.insufficientHistory(rows: rows, needed: Self.minimumRows) }
    }

    private mutating func append(_ history: History, _ row: Int) {
        let sigma = history.blend[row]
        guard sigma.isFinite, sigma > 0 else { return }
        let z = Quantiles.horizons.map { Float(history.outcome(at: row, horizon: $0) / (sigma * Double($0).squareRoot())) }
        guard z.allSatisfy(\.isFinite) else { return }
        values += inputs.values(history, row: row)
        for i in z.indices { targets[i].append(min(max(z[i], -Self.limit), Self.limit)) }
        rows += 1
    }

    /// The 21 empirical quantiles of the targets, horizon-major.
    func empiricalQuantiles() -> [Float] {
        targets.flatMap { target in
            let sorted = target.map(Double.init).sorted()
            return Quantiles.levels.map { Float(empiricalQuantile(sorted, $0)) }
        }
    }
}
