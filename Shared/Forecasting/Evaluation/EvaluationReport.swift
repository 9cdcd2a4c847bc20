/// The measures of a backtest's out-of-sample forecasts.
package struct EvaluationReport: Sendable, Hashable, Codable {
    /// Pinball skill of a part of the forecasts: 1 − loss / the reference's loss on the same forecasts.
    package struct Slice: Sendable, Hashable, Codable {
        /// `all`, `low volatility`, `medium volatility`, `high volatility` (terciles of S within each session), or a year.
        package let name: String
        package let count: Int
        package let loss: Double
        /// The skill over each reference; nil without an outcome, or if the reference's loss is 0.
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

    /// The share of medians with the right sign, compared with always forecasting a rise.
    package struct Direction: Sendable, Hashable, Codable {
        package let share: Double
        /// The half-width of the 95 % interval, clustered by date; nil with a single date.
        package let halfWidth: Double?
        /// The share of outcomes above 0, which is the accuracy of always forecasting a rise.
        package let alwaysUp: Double
        package let dates: Int

        private enum CodingKeys: String, CodingKey { case share, halfWidth = "half_width", alwaysUp = "always_up", dates }
    }

    /// The mean Spearman correlation of medians with outcomes over daily origins.
    package struct RankCorrelation: Sendable, Hashable, Codable {
        package let mean: Double
        /// Nil with fewer than two dates.
        package let t: Double?
        package let dates: Int
    }

    /// The Diebold-Mariano comparison of losses per date with a reference; negative if the model is better.
    package struct Comparison: Sendable, Hashable, Codable {
        /// The reference's model family.
        package let against: String
        /// Nil with fewer than two dates.
        package let t: Double?
    }

    /// The measures of one horizon.
    package struct Horizon: Sendable, Hashable, Codable {
        package let horizon: Int
        /// The skill by part of the forecasts; the first part is `all`.
        package let slices: [Slice]
        /// The coverage of the ranges; nil without an outcome.
        package let coverage: Coverage?
        /// The probability integral transform in ten bins; calibrated forecasts have equal shares.
        package let probabilityIntegral: [ProbabilityBin]
        /// The accuracy of the direction; nil without a date on which a return and its median were not zero.
        package let direction: Direction?
        /// The rank correlation; nil without a session on which ten symbols have an outcome.
        package let rankCorrelation: RankCorrelation?
        package let comparisons: [Comparison]

        private enum CodingKeys: String, CodingKey {
            case horizon, slices, coverage, probabilityIntegral = "probability_integral", direction
            case rankCorrelation = "rank_correlation", comparisons
        }
    }

    /// The result of one check that forecasts do not depend on later data.
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
    /// The paper portfolio; nil with fewer than ten rebalancings of at least ten symbols, or if origins are closer than the holding period.
    package let portfolio: PaperPortfolio.Result?
    package var leakChecks: [LeakCheck]

    private enum CodingKeys: String, CodingKey { case horizons, portfolio, leakChecks = "leak_checks" }

    /// Whether no leak check failed; otherwise no result of the report is valid.
    package var isTrustworthy: Bool { !leakChecks.contains { $0.state == .failed } }
}
