package import Market

/// The number of sessions for which a feature row may be used after its own session.
///
/// An expired row is not used for a forecast, neither for a request nor in a run. Training uses all rows.
package struct FeatureExpiry: Hashable, Sendable {
    package let sessions: Int
    package init(sessions: Int) { self.sessions = sessions }

    /// The number of sessions that have closed between a row's session and an instant.
    package func age(of session: SessionDate, at instant: Instant, _ calendar: TradingCalendar) -> Int {
        calendar.latestClosed(at: instant).map { calendar.count(from: session.advanced(by: 1), through: $0) } ?? 0
    }

    /// Whether a row of a session has expired at an instant.
    package func isExpired(_ session: SessionDate, at instant: Instant, _ calendar: TradingCalendar) -> Bool {
        age(of: session, at: instant, calendar) > sessions
    }
}
