import Formats
import Synchronization

/// The trading sessions of one exchange: their local dates, opens, closes and lunch breaks. A lookup reads one array element.
package struct TradingCalendar: Sendable {
    /// ISO 10383 code of the exchange, or a name such as `CRYPTO` for a market without one.
    package private(set) var mic: String
    package let zone: MarketTimeZone
    /// The first and last date of the calendar; dates outside are no sessions.
    package let first, last: SessionDate

    /// Sessions in order, as days since 1970.
    private let days: [Int32]
    /// For each date from `first` on, the number of sessions before the date; one element more than dates.
    private let ordinals: [Int32]
    private let regular: [(from: SessionDate, hours: SessionHours)]
    /// The hours of sessions with other than the regular hours.
    private let special: [SessionDate: SessionHours]
    private let rules: ExchangeRules

    /// The calendar of an exchange; nil for an unknown exchange. Each calendar is built once and shared.
    package static func of(mic: String) -> TradingCalendar? {
        shared.withLock { calendars in
            if let calendar = calendars[mic] { return calendar }
            guard let rules = ExchangeRules(mic: mic), let calendar = TradingCalendar(mic: mic, rules: rules) else { return nil }
            calendars[mic] = calendar
            return calendar
        }
    }

    private static let shared = Mutex<[String: TradingCalendar]>([:])

    /// Every exchange that has a calendar.
    package static var mics: [String] { ExchangeRules.mics }

    /// `closures` and `openings` override the rules; `changed` holds the hours of single sessions.
    private init?(
        mic: String, rules: ExchangeRules, closures: Set<SessionDate> = [], openings: Set<SessionDate> = [],
        changed: [SessionDate: SessionHours] = [:]
    ) {
        guard let zone = MarketTimeZone(rules.zone) else { return nil }
        let dates = Int(rules.last.day - rules.first.day) + 1
        var days: [Int32] = []
        var ordinals: [Int32] = []
        ordinals.reserveCapacity(dates + 1)
        days.reserveCapacity(dates * 5 / 7)
        var weekday = rules.first.weekday
        var weeks = rules.weeks[...]
        var week = weeks.removeFirst().weekdays
        for index in 0..<dates {
            let date = SessionDate(day: rules.first.day + Int32(truncatingIfNeeded: index))
            if let next = weeks.first, next.from <= date { week = weeks.removeFirst().weekdays }
            ordinals.append(Int32(truncatingIfNeeded: days.count))
            let isRegular = week.contains(weekday) && !rules.closed.contains(date)
            if (isRegular || rules.open.contains(date) || openings.contains(date)) && !closures.contains(date) { days.append(date.day) }
            weekday = weekday == 7 ? 1 : weekday + 1
        }
        ordinals.append(Int32(truncatingIfNeeded: days.count))
        self.mic = mic
        self.zone = zone
        first = rules.first
        last = rules.last
        regular = rules.hours
        special = rules.special.merging(changed) { $1 }
        self.days = days
        self.ordinals = ordinals
        self.rules = rules
    }

    /// The calendar with exceptions announced after this code was built: closures, extra sessions and changed hours.
    ///
    /// Each call starts from the rules alone, so pass all exceptions at once. A date in both is closed.
    package func changed(
        closures: Set<SessionDate> = [], openings: Set<SessionDate> = [], hours: [SessionDate: SessionHours] = [:]
    ) -> TradingCalendar {
        TradingCalendar(mic: mic, rules: rules, closures: closures, openings: openings, changed: hours) ?? self
    }

    /// Whether the date lies between `first` and `last`.
    package func covers(_ date: SessionDate) -> Bool { date >= first && date <= last }

    package func isSession(_ date: SessionDate) -> Bool {
        guard covers(date) else { return false }
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

    /// The number of sessions in a closed range of dates.
    package func count(from: SessionDate, through: SessionDate) -> Int {
        from <= through ? count(before: through.advanced(by: 1)) - count(before: from) : 0
    }

    /// The hours of the date's core session, early closes included. Meaningful for sessions only.
    package func hours(of session: SessionDate) -> SessionHours { special[session] ?? regularHours(of: session) }

    private func regularHours(of session: SessionDate) -> SessionHours {
        if !rules.weekdayHours.isEmpty, let hours = rules.weekdayHours[session.weekday] { return hours }
        if let season = rules.season {
            let date = session.civil
            let day = date.month * 100 + date.day
            let isIn =
                season.first <= season.last
                ? (season.first...season.last).contains(day) : day >= season.first || day <= season.last
            if isIn { return season.hours }
        }
        var index = regular.count - 1
        while index > 0, regular[index].from > session { index -= 1 }
        return regular[index].hours
    }

    private func count(before date: SessionDate) -> Int {
        if date <= first { return 0 }
        return Int(date > last ? ordinals[ordinals.count - 1] : ordinals[Int(date.day - first.day)])
    }
}

extension TradingCalendar {
    /// The open of the core session. Meaningful for sessions only, as are `close` and `lunch`.
    package func open(of session: SessionDate) -> Instant { instant(session, hours(of: session).open) }

    /// The close of the core session, early closes included.
    package func close(of session: SessionDate) -> Instant { instant(session, hours(of: session).close) }

    /// The lunch break; nil for a session without one.
    package func lunch(of session: SessionDate) -> (start: Instant, end: Instant)? {
        hours(of: session).lunch.map { (instant(session, $0.start), instant(session, $0.end)) }
    }

    /// The latest session that has closed by the instant; nil before the first close.
    package func latestClosed(at instant: Instant) -> SessionDate? {
        let date = zone.localDate(at: instant)
        return isSession(date) && close(of: date) <= instant ? date : previous(before: date)
    }

    /// The instant of a local second of a day; negative seconds lie in the day before.
    private func instant(_ date: SessionDate, _ second: Int) -> Instant {
        second < 0 ? zone.instant(date.advanced(by: -1), secondsIntoDay: second + 86_400) : zone.instant(date, secondsIntoDay: second)
    }
}
