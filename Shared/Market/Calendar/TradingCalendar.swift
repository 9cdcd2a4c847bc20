/// The sessions of one exchange: which local dates trade, from when to when. Rules and ad hoc days are in `NewYork.swift`;
/// lookups are one array read.
package struct TradingCalendar: Sendable {
    /// ISO 10383 code of the exchange.
    package private(set) var mic: String
    package let zone: Zone
    /// The first and the last date that the calendar knows; dates outside are no sessions.
    package let first, last: SessionDate

    /// Sessions in order, as days since 1970.
    private let days: [Int32]
    /// For each date from `first` on, how many sessions lie before it; one element more than dates.
    private let ordinals: [Int32]
    /// Local seconds into the day of the close, where it is not the regular one.
    private let earlyCloses: [SessionDate: Int]
    private let closures: Set<SessionDate>
    private let regularOpen, regularClose: Int

    /// The calendar of an exchange; nil for one that is not known. Built once, then shared.
    package static func of(mic: String) -> TradingCalendar? {
        switch mic {
        case "XNYS": newYork
        case "XNAS": nasdaq
        default: nil
        }
    }

    private static let newYork = Zone("America/New_York").map {
        TradingCalendar(
            mic: "XNYS", zone: $0, first: NewYork.first, last: NewYork.last, closures: NewYork.closures(),
            earlyCloses: NewYork.earlyCloses(), open: NewYork.open, close: NewYork.close)
    }
    private static let nasdaq = newYork.map { TradingCalendar($0, mic: "XNAS") }

    /// `closures` are weekdays without a session. `open` and `close` are local seconds into the day.
    package init(
        mic: String, zone: Zone, first: SessionDate, last: SessionDate, closures: Set<SessionDate>, earlyCloses: [SessionDate: Int],
        open: Int, close: Int
    ) {
        let dates = Int(last.day - first.day) + 1
        var isClosed = [Bool](repeating: false, count: dates)
        for closure in closures where closure >= first && closure <= last { isClosed[Int(closure.day - first.day)] = true }
        var days: [Int32] = []
        var ordinals: [Int32] = []
        days.reserveCapacity(dates)
        ordinals.reserveCapacity(dates + 1)
        var weekday = first.weekday
        for (index, isClosed) in isClosed.enumerated() {
            ordinals.append(Int32(days.count))
            if weekday <= 5, !isClosed { days.append(first.day + Int32(index)) }
            weekday = weekday == 7 ? 1 : weekday + 1
        }
        ordinals.append(Int32(days.count))
        self.mic = mic
        self.zone = zone
        self.first = first
        self.last = last
        self.days = days
        self.ordinals = ordinals
        self.closures = closures
        self.earlyCloses = earlyCloses
        regularOpen = open
        regularClose = close
    }

    private init(_ other: TradingCalendar, mic: String) {
        self = other
        self.mic = mic
    }

    /// The same calendar with further days closed: closures announced after this code was built.
    package func closing(_ closures: Set<SessionDate>) -> TradingCalendar {
        TradingCalendar(
            mic: mic, zone: zone, first: first, last: last, closures: self.closures.union(closures), earlyCloses: earlyCloses,
            open: regularOpen, close: regularClose)
    }

    package func isSession(_ date: SessionDate) -> Bool {
        guard date >= first, date <= last else { return false }
        let index = Int(date.day - first.day)
        return ordinals[index + 1] > ordinals[index]
    }

    /// The first session after the date; nil at the end of the calendar.
    package func next(after date: SessionDate) -> SessionDate? {
        let index = count(before: date.advanced(by: 1))
        return index < days.count ? SessionDate(day: days[index]) : nil
    }

    /// The last session before the date; nil at the start of the calendar.
    package func previous(before date: SessionDate) -> SessionDate? {
        let index = count(before: date)
        return index > 0 ? SessionDate(day: days[index - 1]) : nil
    }

    /// The sessions of a closed range of dates, in order; empty when `through` lies before `from`.
    package func sessions(from: SessionDate, through: SessionDate) -> [SessionDate] {
        guard from <= through else { return [] }
        return days[count(before: from)..<count(before: through.advanced(by: 1))].map { SessionDate(day: $0) }
    }

    /// How many sessions a closed range of dates has.
    package func count(from: SessionDate, through: SessionDate) -> Int {
        from <= through ? count(before: through.advanced(by: 1)) - count(before: from) : 0
    }

    /// The end of the date's core session, early closes included. Meaningful for sessions only.
    package func close(of session: SessionDate) -> Instant {
        zone.instant(session, secondsIntoDay: earlyCloses[session] ?? regularClose)
    }

    /// The start of the date's core session.
    package func open(of session: SessionDate) -> Instant { zone.instant(session, secondsIntoDay: regularOpen) }

    /// Whether the date is a session that ends before the regular close.
    package func isEarlyClose(_ session: SessionDate) -> Bool { earlyCloses[session] != nil && isSession(session) }

    /// The last session whose close is not after the instant; nil before the calendar starts.
    package func latestClosed(at instant: Instant) -> SessionDate? {
        let date = zone.localDate(at: instant)
        return isSession(date) && close(of: date) <= instant ? date : previous(before: date)
    }

    private func count(before date: SessionDate) -> Int {
        if date <= first { return 0 }
        return Int(date > last ? ordinals[ordinals.count - 1] : ordinals[Int(date.day - first.day)])
    }
}
