import Market

/// The grid of levels and horizons of every forecast.
package enum Quantiles {
    /// The seven probability levels, ascending.
    package static let levels: [Double] = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95]
    /// The horizons in sessions of the instrument's own calendar, ascending.
    package static let horizons = Horizon.all
    /// The number of values in one forecast: levels × horizons.
    package static let count = levels.count * horizons.count
    /// The longest horizon, which purge and embargo are based on.
    package static let longestHorizon = horizons.max() ?? 0
}

/// A distribution of the log total return over each horizon, as 21 finite quantiles that never cross.
package struct QuantileForecast: Sendable, Hashable {
    /// 21 values, horizon-major, ascending within a horizon; log total returns.
    package let values: [Double]

    /// Sorts the quantiles of each horizon.
    ///
    /// - Throws: `.nonFinite` when a value is infinite or not a number, `.shape` when there are not 21.
    package init(_ values: [Double]) throws(ForecastError) {
        guard values.count == Quantiles.count else { throw .shape("\(values.count) quantiles instead of \(Quantiles.count)") }
        guard values.allSatisfy(\.isFinite) else { throw .nonFinite }
        let width = Quantiles.levels.count
        self.values = stride(from: 0, to: values.count, by: width).flatMap { values[$0..<$0 + width].sorted() }
    }

    /// The seven quantiles of one horizon, by its index in `Quantiles.horizons`.
    package subscript(horizon index: Int) -> ArraySlice<Double> {
        let width = Quantiles.levels.count
        return values[index * width..<(index + 1) * width]
    }

    /// The median of one horizon.
    package func median(horizonIndex: Int) -> Double { values[horizonIndex * Quantiles.levels.count + Quantiles.levels.count / 2] }

    /// P(return < 0) of one horizon.
    package func probabilityOfLoss(horizonIndex: Int) -> Double { probability(below: 0, horizonIndex: horizonIndex) }

    /// P(y < x) of one horizon: linear between quantiles, exponential tails that continue the density of the outermost pair.
    package func probability(below x: Double, horizonIndex: Int) -> Double {
        let q = Array(self[horizon: horizonIndex])
        let p = Quantiles.levels
        let last = q.count - 1
        if x < q[0] {
            let scale = (q[1] - q[0]) * p[0] / (p[1] - p[0])
            return scale > 0 ? p[0] * tail((x - q[0]) / scale) : 0
        }
        if x > q[last] {
            let scale = (q[last] - q[last - 1]) * (1 - p[last]) / (p[last] - p[last - 1])
            return scale > 0 ? 1 - (1 - p[last]) * tail((q[last] - x) / scale) : 1
        }
        guard let upper = q.indices.dropFirst().first(where: { x <= q[$0] && q[$0] > q[$0 - 1] }) else { return 0.5 }
        return p[upper - 1] + (p[upper] - p[upper - 1]) * (x - q[upper - 1]) / (q[upper] - q[upper - 1])
    }

    /// The mean of several forecasts' quantiles, level by level (Vincent's average), weighted.
    ///
    /// - Parameter weights: one per forecast, non-negative with a positive sum; nil weighs all alike.
    package static func average(_ forecasts: [QuantileForecast], weights: [Double]? = nil) throws(ForecastError) -> QuantileForecast {
        guard !forecasts.isEmpty else { throw .shape("no forecast to average") }
        let weights = weights ?? [Double](repeating: 1, count: forecasts.count)
        let total = weights.reduce(0, +)
        var sum = [Double](repeating: 0, count: Quantiles.count)
        for (forecast, weight) in zip(forecasts, weights) {
            for i in sum.indices { sum[i] += weight * forecast.values[i] }
        }
        return try QuantileForecast(sum.map { $0 / total })
    }
}
