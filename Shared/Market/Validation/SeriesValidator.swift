/// The rules that compare the as-traded bars of one instrument with each other and with its known splits and dividends.
///
/// A large price move alone breaks no rule. A move breaks a rule if the bars around it, the instrument's own volatility and the volume do
/// not explain it. The thresholds are empirical and the same for all instruments.
package struct SeriesValidator: Sendable {
    package struct Thresholds: Sendable {
        /// The least size of a single-session spike, in robust deviations and as an absolute log return.
        package var spike = (deviations: 7.0, least: 0.08)
        /// The least size of a lasting overnight jump, in robust deviations and as an absolute log return.
        package var jump = (deviations: 12.0, least: 0.18)
        /// The least size of an overnight jump by a usual split ratio, in robust deviations and as an absolute log return.
        package var split = (deviations: 5.0, least: 0.18)
        /// The least size of a return within a session, in robust deviations and as an absolute log return.
        package var inSession = (deviations: 15.0, least: 0.22)
        /// A log return x on news comes with at least `base + slope · |x|` times the usual volume.
        package var news = (base: 2.0, slope: 20.0)
        /// The sessions on either side for the robust deviation (`returns`), and the previous sessions for the usual volume (`volumes`).
        package var window = (returns: 60, volumes: 20)
        /// The largest multiple of the usual volume, per old share, at which a jump counts as an unreported split and not as news.
        package var quiet = 4.0
        /// The largest log distance from a factor of a hundred at which a price counts as a unit error.
        package var unit = 0.4
        /// The least daily range, in ticks and relative to the price, at which four repeated prices are no coincidence.
        package var chance = (ticks: 20.0, part: 0.002)
        /// The least number of returns around a bar that the price-move rules need.
        package var context = 20

        package init() {}
    }

    package let calendar: TradingCalendar?
    package var thresholds = Thresholds()

    /// - Parameter calendar: the exchange's sessions; nil skips the rule of missing sessions.
    package init(calendar: TradingCalendar?) { self.calendar = calendar }

    /// Whether the ex-date's session had begun at an instant, so that prices of that instant may reflect the action.
    package func isPast(_ exDate: SessionDate, at instant: Instant) -> Bool {
        (calendar.map { $0.open(of: exDate) } ?? .utcMidnight(exDate)) <= instant
    }

    /// Finds prices that are a hundred times off, in bars of any interval, in time order. The other rules need daily bars.
    package func unitErrors(in rows: [RawBar]) -> [RuleViolation] {
        var series = ValidationSeries(rows.enumerated().map { (ordinal: $0, row: $1) }, actions: [])
        return unitErrors(&series)
    }

    /// Checks bars that meet the rules of a single row, in session order, against the rules of a series.
    func seriesViolations(in rows: [(ordinal: Int, row: RawBar)], _ actions: [CorporateAction]) -> [RuleViolation] {
        var violations: [RuleViolation] = []
        var series = ValidationSeries(rows, actions: actions)
        violations += unitErrors(&series)
        violations += contradictedSplits(&series, actions)
        violations += repeatedBars(series)
        violations += priceMoves(series)
        return violations
    }

    func violation(
        _ series: ValidationSeries, _ index: Int, _ rule: String, _ detail: String, _ disposition: Disposition
    ) -> RuleViolation {
        RuleViolation(
            ordinal: series.ordinals[index], session: series.sessions[index], rule: rule, detail: detail, disposition: disposition)
    }
}
