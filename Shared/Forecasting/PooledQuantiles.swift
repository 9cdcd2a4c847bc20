import Market

/// Empirical quantiles of volatility-scaled returns, pooled over instruments: z = y / (σ √h) for each horizon.
struct PooledQuantiles: Sendable, Hashable {
    /// 21 values of z, horizon-major, ascending within a horizon; representable in fp32, so that an artifact holds them exactly.
    let values: [Double]
    /// The number of outcomes from which each horizon's quantiles are computed.
    let rows: Int

    /// The least number of outcomes.
    static let minimumRows = 60

    /// - Parameter series: the volatility σ that scales the returns.
    init(
        _ set: TrainingSet, series: VolatilitySeries, from start: SessionDate?, labelsEndingBy end: SessionDate? = nil
    ) throws(TrainingError) {
        var pools = Quantiles.horizons.map { _ in [Double]() }
        for history in set.histories {
            let sigma = history[series]
            for row in set.rows(of: history, from: start, labelsEndingBy: end) where sigma[row].isFinite && sigma[row] > 0 {
                for (i, horizon) in Quantiles.horizons.enumerated() {
                    let z = history.outcome(at: row, horizon: horizon) / (sigma[row] * Double(horizon).squareRoot())
                    if z.isFinite { pools[i].append(z) }
                }
            }
        }
        let rows = pools.map(\.count).min() ?? 0
        guard rows >= Self.minimumRows else { throw .insufficientHistory(rows: rows, needed: Self.minimumRows) }
        self.rows = rows
        values = pools.flatMap { pool in
            let sorted = pool.sorted()
            return Quantiles.levels.map { Double(Float(empiricalQuantile(sorted, $0))) }
        }
    }

    init(values: [Double], rows: Int) {
        self.values = values
        self.rows = rows
    }

    /// The forecast at a volatility σ.
    func scaled(by sigma: Double) throws(ForecastError) -> QuantileForecast { try scaledForecast(values, sigma) }
}

/// The forecast of quantiles z at a volatility σ: q(h) = z(h) σ √h.
func scaledForecast(_ z: [Double], _ sigma: Double) throws(ForecastError) -> QuantileForecast {
    let width = Quantiles.levels.count
    let roots = Quantiles.horizons.map { Double($0).squareRoot() }
    return try QuantileForecast(z.indices.map { z[$0] * sigma * roots[$0 / width] })
}

/// The quantile of ascending values with linear interpolation between order statistics (Hyndman and Fan's type 7).
package func empiricalQuantile(_ sorted: [Double], _ level: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let position = level * Double(sorted.count - 1)
    let below = Int(position)
    guard below + 1 < sorted.count else { return last }
    return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
}
