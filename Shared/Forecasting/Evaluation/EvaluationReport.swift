/// The measures of a backtest's out-of-sample forecasts.
package struct EvaluationReport: Sendable, Hashable, Codable {
    /// Pinball skill of a part of the forecasts: 1 − loss / the reference's loss on the same forecasts.
    package struct Slice: Sendable, Hashable, Codable {
        /// `all`, `low volatility`, `medium volatility`, `high volatility` (terciles of S within each session), or a year.
        package let name: String
        package let count: Int
        package let loss: Double
        /// Nil without an outcome, or when the reference's loss is 0.
        package let overClimatology, overRandomWalk: Double?

        private enum CodingKeys: String, CodingKey {
            case name, count, loss, overClimatology = "skill_over_climatology", overRandomWalk = "skill_over_random_walk"
        }
    }

    /// Shares of outcomes inside the 80 and 90 % ranges, before and after calibration, and the mean width of the calibrated 80 % range.
    package struct Coverage: Sendable, Hashable, Codable {
        package let uncalibrated80, uncalibrated90, calibrated80, calibrated90, width80: Double

        private enum CodingKeys: String, CodingKey {
            case uncalibrated80 = "uncalibrated_80", uncalibrated90 = "uncalibrated_90", calibrated80 = "calibrated_80"
            case calibrated90 = "calibrated_90", width80 = "width_80"
        }
    }

    /// Share of outcomes in one of ten equal bins of the forecast distribution.
    package struct ProbabilityBin: Sendable, Hashable, Codable {
        /// The bin's bounds, as probabilities.
        package let from, to: Double
        package let share: Double
    }

    /// Share of medians with the right sign, with the half-width of its 95 % interval clustered by date, beside "always up".
    package struct Direction: Sendable, Hashable, Codable {
        package let share: Double
        /// Nil with one date, whose variation between dates is unknown.
        package let halfWidth: Double?
        /// Share of outcomes above 0.
        package let alwaysUp: Double
        package let dates: Int

        private enum CodingKeys: String, CodingKey { case share, halfWidth = "half_width", alwaysUp = "always_up", dates }
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
        /// The reference's model family.
        package let against: String
        /// Nil with fewer than two dates.
        package let t: Double?
    }

    /// The measures of one horizon.
    package struct Horizon: Sendable, Hashable, Codable {
        package let horizon: Int
        /// The first is `all`.
        package let slices: [Slice]
        /// Nil without an outcome.
        package let coverage: Coverage?
        /// Ten bins; equal shares = calibrated.
        package let probabilityIntegral: [ProbabilityBin]
        /// Nil without a date on which a return and its median had a sign.
        package let direction: Direction?
        /// Nil without a session on which ten symbols have an outcome.
        package let rankCorrelation: RankCorrelation?
        package let comparisons: [Comparison]

        private enum CodingKeys: String, CodingKey {
            case horizon, slices, coverage, probabilityIntegral = "probability_integral", direction
            case rankCorrelation = "rank_correlation", comparisons
        }
    }

    /// The result of one test for a look into the future.
    package struct LeakCheck: Sendable, Hashable, Codable {
        package enum State: String, Sendable, Hashable, Codable {
            case passed, failed
            case notRun = "not_run"
        }

        package let name: String
        package let state: State
        /// The counts of the check, or the reason why it could not run.
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

    private enum CodingKeys: String, CodingKey { case horizons, portfolio, leakChecks = "leak_checks" }

    /// Whether no leak check failed; otherwise no figure of the report is valid.
    package var isTrustworthy: Bool { !leakChecks.contains { $0.state == .failed } }
}
