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
        /// Range of a day, in units of the currency, from which on four equal prices are no chance: twenty cents.
        package var chance = 0.2
        /// Returns around a row without which nothing is said about how far it moved.
        package var context = 20

        package init() {}
    }

    package let calendar: TradingCalendar?
    package var thresholds = Thresholds()

    package init(calendar: TradingCalendar?) { self.calendar = calendar }

    /// What is wrong, by session. `rows` in any order, `actions` as traded.
    package func findings(rows: [Validation.Row], actions: [CorporateAction] = []) -> [Finding] {
        var findings: [Finding] = []
        let good = goodRows(rows, &findings)
        findings += gaps(rows) + findingsOfSeries(good.map { (ordinal: $0, row: rows[$0]) }, actions)
        return findings.sorted { ($0.session, $0.ordinal ?? -1, $0.rule) < ($1.session, $1.ordinal ?? -1, $1.rule) }
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

    /// The rows that no rule of a single row turns away, by session; of two rows of one session the later.
    private func goodRows(_ rows: [Validation.Row], _ findings: inout [Finding]) -> [Int] {
        var latest: [SessionDate: Int] = [:]
        for (ordinal, row) in rows.enumerated() {
            let violations = Validation.check(row, calendar: calendar)
            for violation in violations {
                findings.append(
                    Finding(
                        ordinal: ordinal, session: row.session, rule: violation.rule, detail: violation.detail,
                        verdict: verdict(of: row, violations)))
            }
            guard violations.isEmpty else { continue }
            if let earlier = latest[row.session] {
                findings.append(
                    Finding(
                        ordinal: earlier, session: row.session, rule: Validation.Rule.duplicate,
                        detail: "row \(ordinal) of the same session replaces it", verdict: .quarantine))
            }
            latest[row.session] = ordinal
        }
        return latest.values.sorted { rows[$0].session < rows[$1].session }
    }

    private func verdict(of row: Validation.Row, _ violations: [Violation]) -> Finding.Verdict {
        guard violations.map(\.rule) == [Validation.Rule.order], let repairs = Validation.widening(row) else { return .quarantine }
        return .repair(repairs)
    }

    private func gaps(_ rows: [Validation.Row]) -> [Finding] {
        guard let calendar, let first = rows.lazy.map(\.session).min(), let last = rows.lazy.map(\.session).max() else { return [] }
        let present = Set(rows.map(\.session))
        return calendar.sessions(from: first, through: last).filter { !present.contains($0) }.map {
            Finding(ordinal: nil, session: $0, rule: Validation.Rule.gap, detail: "no row", verdict: .accept)
        }
    }
}
