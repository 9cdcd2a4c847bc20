package import Market

/// Adaptive conformal calibration of a range's width at one horizon (after Gibbs and Candès, 2021): q → median + k (q − median).
///
/// When an origin's outcomes have become known, ln k moves by `rate` × (sessions since the origin before) × (0.8 − the share of them inside
/// the issued 80 % range): too few inside widen, too many narrow, symmetric about the median. The step goes with time, so that origins
/// of every session and of every fifth one follow the coverage equally fast. A weekday counts as a session.
package struct RangeCalibration: Sendable, Hashable {
    package static let target = 0.8, rate = 0.004
    /// Sessions that one origin may stand for: after a gap its outcomes say no more than others'.
    static let longestStep = 10

    package private(set) var factor: Double
    private var origin: SessionDate?

    /// - Parameters:
    ///   - factor: the factor so far.
    ///   - origin: the last origin that was learned from; nil starts anew.
    package init(factor: Double = 1, after origin: SessionDate? = nil) {
        self.factor = factor
        self.origin = origin
    }

    /// - Parameters:
    ///   - origin: later than the ones before.
    ///   - inside: the share of its outcomes inside the 80 % range that was issued for them; what is no number teaches nothing.
    package mutating func learn(_ origin: SessionDate, inside: Double) {
        guard inside.isFinite else { return }
        let step = OriginStep.sessions(after: self.origin, through: origin, atMost: Self.longestStep)
        factor *= exponential(Self.rate * Double(step) * (Self.target - inside))
        self.origin = origin
    }

    /// Quantiles at one horizon in ascending order, an odd number of them, as they are issued.
    package static func scaled(_ quantiles: some Collection<Double>, by factor: Double) -> [Double] {
        let median = quantiles.dropFirst(quantiles.count / 2).first ?? 0
        return quantiles.map { median + factor * ($0 - median) }
    }
}

extension QuantileForecast {
    /// As it is issued, with a factor for each horizon.
    package func scaled(by factors: [Double]) throws(ForecastError) -> QuantileForecast {
        try QuantileForecast(factors.indices.flatMap { RangeCalibration.scaled(self[horizon: $0], by: factors[$0]) })
    }
}
