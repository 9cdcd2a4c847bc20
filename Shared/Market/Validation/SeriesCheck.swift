/// The rules that look at a whole series of one instrument: as-traded rows with the splits and dividends known of them.
///
/// A real market is no defect: what counts is not how far a price moved but whether the days around it, its own volatility and its
/// volume say that it did. The thresholds are judgements on how markets behave, set once for all series.
package struct SeriesCheck: Sendable {
    package struct Thresholds: Sendable {
        /// Robust deviations and least log return of a level that lasts one day.
        package var spike = (deviations: 7.0, least: 0.08)
        /// Of an overnight jump that stays.
        package var jump = (deviations: 12.0, least: 0.18)
        /// Of an overnight jump by a usual split ratio.
        package var split = (deviations: 5.0, least: 0.18)
        /// Of a return within a session.
        package var inSession = (deviations: 15.0, least: 0.22)
        /// News of a log return x comes with at least `base + slope · |x|` times the usual volume.
        package var news = (base: 2.0, slope: 20.0)
        /// Sessions on either side that tell the robust deviation, and those before that tell the usual volume.
        package var window = (returns: 60, volumes: 20)
        /// Usual volumes, for each old share, up to which an unknown split is believed to be one and not news.
        package var quiet = 4.0
        /// Log distance from a factor of a hundred.
        package var unit = 0.4
        /// Range of a day, in ticks and as a part of the price, from which on four equal prices are no chance.
        package var chance = (ticks: 20.0, part: 0.002)
        /// Returns around a row without which nothing is said about how far it moved.
        package var context = 20

        package init() {}
    }

    package let calendar: TradingCalendar?
    package var thresholds = Thresholds()

    package init(calendar: TradingCalendar?) { self.calendar = calendar }

    /// Whether the session of an ex-date had begun at an instant, so that prices of then may hold its action.
    package func isPast(_ exDate: SessionDate, at instant: Instant) -> Bool {
        (calendar.map { $0.open(of: exDate) } ?? .utcMidnight(exDate)) <= instant
    }

    /// What is a hundred times off in rows of any spacing, in order: for bars within sessions, which the other rules are not made for.
    package func unitErrors(_ rows: [Validation.Row]) -> [Finding] {
        var series = ValidationSeries(rows.enumerated().map { (ordinal: $0, row: $1) }, actions: [])
        return units(&series)
    }

    /// What the days around say of rows that are good one by one, in session order.
    func findingsOfSeries(_ rows: [(ordinal: Int, row: Validation.Row)], _ actions: [CorporateAction]) -> [Finding] {
        var findings: [Finding] = []
        var series = ValidationSeries(rows, actions: actions)
        findings += units(&series)
        findings += events(&series, actions)
        findings += repeats(series)
        findings += moves(series)
        return findings
    }
}
