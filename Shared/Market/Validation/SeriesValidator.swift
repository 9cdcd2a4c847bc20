/// The rules that compare the bars of one instrument with each other: as-traded bars with the splits and dividends known of them.
///
/// A large price move alone breaks no rule. What counts is whether the bars around it, the instrument's own volatility and the volume
/// explain the move. The thresholds are judgements on how markets behave, the same for all instruments.
package struct SeriesValidator: Sendable {
    package struct Thresholds: Sendable {
        /// Robust deviations and least absolute log return of a single-session spike.
        package var spike = (deviations: 7.0, least: 0.08)
        /// The same of an overnight jump that lasts.
        package var jump = (deviations: 12.0, least: 0.18)
        /// The same of an overnight jump by a usual split ratio.
        package var split = (deviations: 5.0, least: 0.18)
        /// The same of a return within a session.
        package var inSession = (deviations: 15.0, least: 0.22)
        /// A log return x on news comes with at least `base + slope · |x|` times the usual volume.
        package var news = (base: 2.0, slope: 20.0)
        /// Sessions on either side for the robust deviation, and sessions before for the usual volume.
        package var window = (returns: 60, volumes: 20)
        /// Times the usual volume, per old share, up to which a jump is taken for an unreported split and not for news.
        package var quiet = 4.0
        /// Log distance from a factor of a hundred within which a price counts as a unit error.
        package var unit = 0.4
        /// Daily range, in ticks and relative to the price, from which on four equal prices are no coincidence.
        package var chance = (ticks: 20.0, part: 0.002)
        /// The least number of returns around a bar that the price-move rules need.
        package var context = 20

        package init() {}
    }

    package let calendar: TradingCalendar?
    package var thresholds = Thresholds()

    /// `calendar` nil skips the rule of missing sessions.
    package init(calendar: TradingCalendar?) { self.calendar = calendar }

    /// Whether the ex-date's session had begun at an instant, so that prices of that instant may reflect the action.
    package func isPast(_ exDate: SessionDate, at instant: Instant) -> Bool {
        (calendar.map { $0.open(of: exDate) } ?? .utcMidnight(exDate)) <= instant
    }

    /// The prices that are a hundred times off in bars of any interval, in time order. The other rules need daily bars.
    package func unitErrors(in rows: [RawBar]) -> [RuleViolation] {
        var series = ValidationSeries(rows.enumerated().map { (ordinal: $0, row: $1) }, actions: [])
        return unitErrors(&series)
    }

    /// The violations of bars, in session order, that each meet the rules of a single row.
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
