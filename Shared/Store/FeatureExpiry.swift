package import Market

/// How long a row of features may stand for its instrument: `sessions` of the exchange's calendar after its own. One that is older is not
/// served, neither in a response on demand nor in an evening's slice; where it was in force, at its own close, it goes on being learned from.
package struct FeatureExpiry: Hashable, Sendable {
    package let sessions: Int
    package init(sessions: Int) { self.sessions = sessions }

    /// How many sessions closed between a row's own and an instant.
    package func age(of session: SessionDate, at instant: Instant, _ calendar: TradingCalendar) -> Int {
        calendar.latestClosed(at: instant).map { calendar.count(from: session.advanced(by: 1), through: $0) } ?? 0
    }

    package func isOver(_ session: SessionDate, at instant: Instant, _ calendar: TradingCalendar) -> Bool {
        age(of: session, at: instant, calendar) > sessions
    }
}
