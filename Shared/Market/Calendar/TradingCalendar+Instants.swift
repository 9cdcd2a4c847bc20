extension TradingCalendar {
    /// The start of the date's core session. Meaningful for sessions only, as are `close` and `lunch`.
    package func open(of session: SessionDate) -> Instant { instant(session, hours(of: session).open) }

    /// The end of the date's core session, early closes included.
    package func close(of session: SessionDate) -> Instant { instant(session, hours(of: session).close) }

    /// Without trading from `start` to `end`; nil on a session of one interval.
    package func lunch(of session: SessionDate) -> (start: Instant, end: Instant)? {
        hours(of: session).lunch.map { (instant(session, $0.start), instant(session, $0.end)) }
    }

    /// The session that trades at the instant, its opening included and its close not; nil outside sessions and in a lunch break.
    package func session(tradingAt instant: Instant) -> SessionDate? {
        let date = zone.localDate(at: instant)
        return [date, date.advanced(by: 1)].first { session in
            guard isSession(session), open(of: session) <= instant, instant < close(of: session) else { return false }
            return lunch(of: session).map { instant < $0.start || instant >= $0.end } ?? true
        }
    }

    /// The last session whose close is not after the instant; nil before the calendar starts.
    package func latestClosed(at instant: Instant) -> SessionDate? {
        let date = zone.localDate(at: instant)
        return isSession(date) && close(of: date) <= instant ? date : previous(before: date)
    }

    /// A local second of a day, which may lie in the day before.
    private func instant(_ date: SessionDate, _ second: Int) -> Instant {
        second < 0 ? zone.instant(date.advanced(by: -1), secondsIntoDay: second + 86_400) : zone.instant(date, secondsIntoDay: second)
    }
}
