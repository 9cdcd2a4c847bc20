/// Adaptive conformal calibration of the spread (Gibbs and Candès, 2021): q → median + k (q - median), one factor per horizon.
///
/// ln k moves by `rate` × (0.8 - the share of outcomes inside the 80 % range) whenever an origin's outcomes have become known, and so
/// follows the coverage with the horizon's delay.
package struct SpreadCalibration: Sendable, Hashable {
    package static let target = 0.8, rate = 0.02

    /// ln k per horizon.
    package private(set) var logFactors = [Double](repeating: 0, count: Quantiles.horizons.count)

    package init() {}

    /// k per horizon.
    package var factors: [Double] { logFactors.map(exponential) }

    /// - Parameter inside: the share of one origin's outcomes that fell inside the calibrated 80 % range issued for them.
    package mutating func learn(inside: Double, horizonIndex: Int) {
        guard inside.isFinite else { return }
        logFactors[horizonIndex] += Self.rate * (Self.target - inside)
    }

    package func applied(to forecast: QuantileForecast) throws(ForecastRefusal) -> QuantileForecast {
        var values: [Double] = []
        for (i, factor) in factors.enumerated() {
            let median = forecast.median(horizonIndex: i)
            values += forecast[horizon: i].map { median + factor * ($0 - median) }
        }
        return try QuantileForecast(values)
    }
}
