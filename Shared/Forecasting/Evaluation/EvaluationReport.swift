/// How far forecasts can be trusted: everything measured on one run's out-of-sample origins.
package struct EvaluationReport: Sendable, Hashable, Codable {
    /// Pinball skill of a part of the forecasts: 1 - loss / the reference's loss on the same forecasts.
    package struct Slice: Sendable, Hashable, Codable {
        /// `all`, `calm`, `middling`, `wild` (terciles of S within each session), or a year.
        package let name: String
        package let count: Int
        package let loss: Double
        /// Nil without an outcome, or when the reference lost nothing.
        package let overClimatology, overRandomWalk: Double?
    }

    /// Shares of outcomes inside the 80 and 90 % ranges, before and after calibration, and the mean width of the issued 80 % range.
    package struct Coverage: Sendable, Hashable, Codable {
        package let raw80, raw90, issued80, issued90, width80: Double
    }

    /// Share of right signs of the median, with the half-width of its 95 % interval clustered by date, beside "always up".
    package struct Direction: Sendable, Hashable, Codable {
        package let share: Double
        /// Nil with one date, which says nothing of how dates differ.
        package let halfWidth: Double?
        package let alwaysUp: Double
        package let dates: Int
    }

    /// Mean Spearman correlation of medians with outcomes over daily origins, with its Newey-West t.
    package struct RankCorrelation: Sendable, Hashable, Codable {
        package let mean: Double
        /// Nil with fewer than two dates.
        package let t: Double?
        package let dates: Int
    }

    /// Diebold-Mariano on per-date losses; negative = better than the reference.
    package struct Comparison: Sendable, Hashable, Codable {
        package let against: String
        /// Nil with fewer than two dates.
        package let t: Double?
    }

    package struct Horizon: Sendable, Hashable, Codable {
        package let horizon: Int
        /// The first is `all`.
        package let slices: [Slice]
        /// Nil without an outcome.
        package let coverage: Coverage?
        /// Shares of outcomes in ten equal bins of the forecast distribution; flat = calibrated.
        package let probabilityIntegral: [Double]
        /// Nil without a date on which a return and its median had a sign.
        package let direction: Direction?
        /// Nil without a session on which ten symbols have an outcome.
        package let rankCorrelation: RankCorrelation?
        package let comparisons: [Comparison]
    }

    /// One test for a look into the future.
    package struct LeakCheck: Sendable, Hashable, Codable {
        package enum State: String, Sendable, Hashable, Codable {
            case passed, failed
            case notRun = "not run"
        }

        package let name: String
        package let state: State
        /// What was counted, or why nothing was.
        package let detail: String

        package init(name: String, _ state: State, detail: String) {
            self.name = name
            self.state = state
            self.detail = detail
        }
    }

    package let horizons: [Horizon]
    /// Nil with fewer than ten rebalancings of at least ten symbols, or with origins closer than a position is held.
    package let portfolio: PaperPortfolio.Result?
    package var leakChecks: [LeakCheck]

    /// Whether no leak check failed; without that no other figure counts.
    package var isTrustworthy: Bool { !leakChecks.contains { $0.state == .failed } }
}
