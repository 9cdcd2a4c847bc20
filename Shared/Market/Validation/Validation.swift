/// The rules that every row meets before it becomes a bar.
package enum Validation {
    package enum Rule {
        package static let null = "null-field"
        package static let notFinite = "not-finite"
        package static let nonPositive = "non-positive-price"
        package static let negativeVolume = "negative-volume"
        package static let order = "ohlc-order"
        package static let noSession = "not-a-session"
        package static let duplicate = "duplicate-session"
        /// Sessions between two bars without one.
        package static let gap = "missing-session"
        /// A factor of a hundred against the days around: pence for pounds, or the other way.
        package static let unit = "unit-error"
        /// One day at a level that the days before and after do not know.
        package static let spike = "one-day-level"
        /// The price opens at another level and stays there, as after a split or a spin-off that nobody told of.
        package static let unknownSplit = "split-without-event"
        /// A return of many robust deviations on a day whose volume shows no news.
        package static let unexplainedReturn = "unexplained-return"
        /// A split was told of and the price did not move.
        package static let eventOnly = "event-without-split"
        /// Nothing was traded, and yet the price moved.
        package static let zeroVolume = "zero-volume"
        /// The figures of the day before once more.
        package static let stale = "stale-repeat"
        /// What somebody said of a row who looked at it.
        package static let operatorWord = "operator-word"

        /// Those that judge a stored row among the days around it as they judged it when it came: a row that was mended, and an action that
        /// was refused, must come again for that.
        package static let series: Set = [gap, spike, unknownSplit, unexplainedReturn, zeroVolume, stale]

        /// Those that hold a series' last bar back until the next one tells what it was.
        static let untilTheNextDay: Set = [unknownSplit, unexplainedReturn]
    }

    /// One row of a provider before it is trusted: a field is nil when the provider gave null or nothing.
    package struct Row: Sendable {
        package var session: SessionDate
        package var open, high, low, close, volume: Double?

        package init(session: SessionDate, open: Double?, high: Double?, low: Double?, close: Double?, volume: Double?) {
            self.session = session
            self.open = open
            self.high = high
            self.low = low
            self.close = close
            self.volume = volume
        }

        package init(_ bar: Bar) {
            self.init(
                session: bar.session, open: bar.open.double, high: bar.high.double, low: bar.low.double, close: bar.close.double,
                volume: bar.volume)
        }
    }

    /// What is wrong with the row, empty when nothing is. `calendar` nil leaves the session rule out; `seen` holds the sessions
    /// of the rows already accepted from the same answer. `slack` is the relative excess of open or close over high (or under
    /// low) that counts as a provider's float noise.
    package static func check(_ row: Row, calendar: TradingCalendar?, seen: Set<SessionDate> = [], slack: Double = 1e-6) -> [Violation] {
        if isGood(row, slack), calendar.map({ $0.isSession(row.session) || !$0.covers(row.session) }) ?? true, !seen.contains(row.session) {
            return []
        }
        var violations: [Violation] = []
        let fields = [("open", row.open), ("high", row.high), ("low", row.low), ("close", row.close), ("volume", row.volume)]
        let missing = fields.filter { $0.1 == nil }.map(\.0)
        if !missing.isEmpty { violations.append(Violation(rule: Rule.null, detail: missing.joined(separator: ", "))) }
        let infinite = fields.filter { $0.1.map { !$0.isFinite } ?? false }.map(\.0)
        if !infinite.isEmpty { violations.append(Violation(rule: Rule.notFinite, detail: infinite.joined(separator: ", "))) }
        let low = fields.prefix(4).filter { $0.1.map { $0 <= 0 } ?? false }.map { "\($0.0) \($0.1 ?? 0)" }
        if !low.isEmpty { violations.append(Violation(rule: Rule.nonPositive, detail: low.joined(separator: ", "))) }
        if let volume = row.volume, volume < 0 {
            violations.append(Violation(rule: Rule.negativeVolume, detail: "volume \(volume)"))
        }
        if let open = row.open, let high = row.high, let low = row.low, let close = row.close {
            let tolerance = slack * abs(high)
            if max(open, close, low) > high + tolerance || min(open, close) < low - tolerance {
                violations.append(Violation(rule: Rule.order, detail: "open \(open), high \(high), low \(low), close \(close)"))
            }
        }
        if let calendar, calendar.covers(row.session), !calendar.isSession(row.session) {
            violations.append(Violation(rule: Rule.noSession, detail: "\(row.session) is no session of \(calendar.mic)"))
        }
        if seen.contains(row.session) {
            violations.append(Violation(rule: Rule.duplicate, detail: "\(row.session) stands in this answer before"))
        }
        return violations
    }

    /// What makes good a high or low that misses open or close by at most `slack` of itself, a rounding of the provider: it takes them in.
    /// nil when that is not all that is wrong.
    package static func widening(_ row: Row, slack: Double = 1e-3) -> [Repair]? {
        guard let open = row.open, let high = row.high, let low = row.low, let close = row.close, low > 0, high >= low else { return nil }
        let (top, bottom) = (max(open, close, high), min(open, close, low))
        guard top.isFinite, top <= high * (1 + slack), bottom >= low * (1 - slack) else { return nil }
        var repairs: [Repair] = []
        if top > high { repairs.append(Repair(field: .high, before: high, after: top)) }
        if bottom < low { repairs.append(Repair(field: .low, before: low, after: bottom)) }
        return repairs
    }

    private static func isGood(_ row: Row, _ slack: Double) -> Bool {
        guard let open = row.open, let high = row.high, let low = row.low, let close = row.close, let volume = row.volume else {
            return false
        }
        let tolerance = slack * high
        guard (open + high + low + close + volume).isFinite, volume >= 0 else { return false }
        return min(open, low, close) > 0 && max(open, low, close) <= high + tolerance && min(open, close) >= low - tolerance
    }
}
