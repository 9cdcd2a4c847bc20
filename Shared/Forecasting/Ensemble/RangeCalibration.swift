package import Market

/// Adaptive conformal calibration of the forecast ranges at one horizon (after Gibbs and Candès, 2021): q → median + k (q − median).
///
/// Once an origin's outcomes are known, ln k moves by `rate` × (sessions since the previous origin) × (0.8 − share of outcomes inside the
/// published 80 % range): the range widens when too few outcomes are inside, symmetrically about the median. The step is proportional to
/// time, so that origins of every session and of every fifth session follow the coverage equally fast. A weekday counts as a session.
package struct RangeCalibration: Sendable, Hashable {
    /// The target coverage.
    package static let target = 0.8
    /// The step of ln k per session and unit of coverage.
    package static let rate = 0.004
    /// The largest number of sessions that one origin represents: after a gap, its outcomes contain no more information than others.
    static let longestStep = 10

    /// The calibration factor k.
    package private(set) var factor: Double
    private var origin: SessionDate?

    /// - Parameters:
    ///   - factor: the factor learned so far.
    ///   - origin: the last origin from which the factor was learned; nil starts anew.
    package init(factor: Double = 1, after origin: SessionDate? = nil) {
        self.factor = factor
        self.origin = origin
    }

    /// Adds the coverage of one origin.
    ///
    /// - Parameters:
    ///   - origin: later than the origins before.
    ///   - inside: the share of the origin's outcomes inside the published 80 % range; NaN changes nothing.
    package mutating func learn(_ origin: SessionDate, inside: Double) {
        guard inside.isFinite else { return }
        let step = OriginStep.sessions(after: self.origin, through: origin, atMost: Self.longestStep)
        factor *= exponential(Self.rate * Double(step) * (Self.target - inside))
        self.origin = origin
    }

    /// Scales the quantiles of one horizon (an odd number, ascending) about their median by a factor.
    package static func scaled(_ quantiles: some Collection<Double>, by factor: Double) -> [Double] {
        let median = quantiles.dropFirst(quantiles.count / 2).first ?? 0
        return quantiles.map { median + factor * ($0 - median) }
    }
}

extension QuantileForecast {
    /// The calibrated forecast, with one factor per horizon.
    package func scaled(by factors: [Double]) throws(ForecastError) -> QuantileForecast {
        try QuantileForecast(factors.indices.flatMap { RangeCalibration.scaled(self[horizon: $0], by: factors[$0]) })
    }
}
