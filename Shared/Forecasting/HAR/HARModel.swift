import Market

/// A heterogeneous autoregression of the log range-based variance (Corsi, 2009; Andersen, Bollerslev and Diebold, 2007), then filtered
/// historical simulation.
///
/// ln mean variance of the next h sessions = a + b₁ ln day + b₂ ln week + b₃ ln month + b₄ ln S², least squares pooled over all
/// instruments, one regression per horizon; pooled quantiles of y over the fitted volatility times √h.
package struct HARModel: ForecastModel {
    package static let family = "har"
    package static let lookback = month + 1

    static let week = 5, month = 22, regressors = 5
    /// The number of days before the cut whose rows are used: five years.
    private static let windowDays = 1_826

    let seed: UInt64
    let cut: String
    let layout: FeatureLayout
    /// The coefficients, horizons × regressors.
    let coefficients: [Double]
    /// The 21 standardised quantiles.
    let quantiles: [Double]
    let rows: Int

    package var metrics: [String: Double] { ["training_rows": Double(rows)] }

    package static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> HARModel {
        guard let layout = set.histories.first?.layout else {
            throw TrainingError.insufficientHistory(rows: 0, needed: PooledQuantiles.minimumRows)
        }
        let daily = DailyVariance(layout)
        let start = set.cut.advanced(by: -windowDays)
        let series = set.histories.map { history in history.sessions.indices.map { daily(history, row: $0) } }
        var coefficients: [Double] = []
        var quantiles: [Double] = []
        var count = Int.max
        for (place, horizon) in Quantiles.horizons.enumerated() {
            var regression = LeastSquares(regressors)
            var samples: [(x: [Double], y: Double)] = []
            for (history, variances) in zip(set.histories, series) {
                for row in set.rows(of: history, from: start) {
                    guard let x = inputs(history, row: row, variance: { variances[$0] }) else { continue }
                    let ahead = variances[row + 1...row + horizon].reduce(0, +) / Double(horizon)
                    let y = history.outcome(at: row, horizon: horizon)
                    guard ahead.isFinite, y.isFinite else { continue }
                    regression.add(x, logarithm(ahead))
                    samples.append((x, y))
                }
            }
            count = min(count, samples.count)
            guard count >= PooledQuantiles.minimumRows, let solution = regression.solution() else {
                throw TrainingError.insufficientHistory(rows: count, needed: PooledQuantiles.minimumRows)
            }
            let rounded = solution.map { Double(Float($0)) }
            let z = samples.map { $0.y / volatility(rounded, $0.x, horizon) }.sorted()
            coefficients += rounded
            quantiles += Quantiles.levels.map { Double(Float(empiricalQuantile(z, $0))) }
            progress(Double(place + 1) / Double(Quantiles.horizons.count))
        }
        return HARModel(seed: seed, cut: set.cut.description, layout: layout, coefficients: coefficients, quantiles: quantiles, rows: count)
    }

    package func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        guard history.layout.version == layout.version else {
            throw .otherFeatures(expected: layout.version, found: history.layout.version)
        }
        _ = try history.volatility(.blend, at: index)
        let daily = DailyVariance(history.layout)
        guard let x = Self.inputs(history, row: index, variance: { daily(history, row: $0) }) else {
            throw .noVolatility(history.sessions[index])
        }
        let width = Quantiles.levels.count
        let values = Quantiles.horizons.enumerated().flatMap { place, horizon in
            let sigma = Self.volatility(Array(coefficients[place * Self.regressors..<(place + 1) * Self.regressors]), x, horizon)
            return quantiles[place * width..<(place + 1) * width].map { $0 * sigma }
        }
        return try QuantileForecast(values)
    }

    /// The regressors 1, ln day, ln week, ln month, ln S²; means are over the sessions with a variance. nil without S or any variance.
    private static func inputs(_ history: History, row: Int, variance: (Int) -> Double) -> [Double]? {
        let scale = history.blend[row]
        guard scale.isFinite, scale > 0 else { return nil }
        func mean(_ length: Int) -> Double {
            var (sum, count) = (0.0, 0.0)
            for i in max(0, row + 1 - length)...row {
                let value = variance(i)
                if value.isFinite { (sum, count) = (sum + value, count + 1) }
            }
            return sum / count
        }
        let x = [1, logarithm(mean(1)), logarithm(mean(week)), logarithm(mean(month)), 2 * logarithm(scale)]
        return x.allSatisfy(\.isFinite) ? x : nil
    }

    private static func volatility(_ coefficients: [Double], _ x: [Double], _ horizon: Int) -> Double {
        exponential(0.5 * zip(coefficients, x).reduce(0) { $0 + $1.0 * $1.1 }) * Double(horizon).squareRoot()
    }
}

extension HARModel {
    package func state() -> Artifact {
        var metadata = Artifact.header(family: Self.family, seed: seed, cut: cut)
        metadata[ArtifactKey.featureVersion] = layout.version
        metadata["rows"] = String(rows)
        return Artifact(
            metadata: metadata,
            tensors: [
                .init(name: "coefficients", shape: [Quantiles.horizons.count, Self.regressors], values: coefficients.map(Float.init)),
                .init(
                    name: "standardised_quantiles", shape: [Quantiles.horizons.count, Quantiles.levels.count],
                    values: quantiles.map(Float.init)),
            ])
    }

    package init(state: Artifact) throws {
        try state.check(family: Self.family)
        guard let rows = Int(try state.text("rows")), let seed = UInt64(try state.text(ArtifactKey.seed)) else {
            throw ArtifactError.mismatch("rows or seed is not a number")
        }
        let coefficients = try state.values("coefficients", shape: [Quantiles.horizons.count, Self.regressors])
        let quantiles = try state.values("standardised_quantiles", shape: [Quantiles.horizons.count, Quantiles.levels.count])
        self.init(
            seed: seed, cut: try state.text(ArtifactKey.cut),
            layout: FeatureLayout(version: try state.text(ArtifactKey.featureVersion), names: [], sequence: []),
            coefficients: coefficients.map(Double.init), quantiles: quantiles.map(Double.init), rows: rows)
    }
}
