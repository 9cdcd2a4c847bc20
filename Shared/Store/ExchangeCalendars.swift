package import Market
package import Postgres

/// The exchanges' trading calendars with the closures and session hours that are stored as reference data.
///
/// The rules of a calendar are code. An exchange's announcement that differs from the rules is a row and needs no new release.
package struct ExchangeCalendars: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// An announced day that differs from the calendar's rules: closed, or with other session hours. A day that is neither closed nor has
    /// hours revokes an earlier announcement.
    package struct Closure: Hashable, Sendable {
        package let exchange: String
        package let day: SessionDate
        package let closed: Bool
        /// The session hours in the format of `SessionHours`; nil for a closed day.
        package let hours: String?
        package let reason: String

        package init(exchange: String, day: SessionDate, closed: Bool, hours: String? = nil, reason: String) {
            self.exchange = exchange
            self.day = day
            self.closed = closed
            self.hours = closed ? nil : hours
            self.reason = reason
        }
    }

    /// Stores announced days as known from an instant on.
    package func record(_ closures: [Closure], knownAt: Instant) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO closures (exchange, day, closed, hours, reason, known_at)
            SELECT exchange, day, closed, hours, reason, $6
            FROM unnest($1::text[], $2::date[], $3::boolean[], $4::text[], $5::text[]) t(exchange, day, closed, hours, reason)
            ON CONFLICT DO NOTHING
            """,
            [
                closures.map(\.exchange), closures.map(\.day), closures.map(\.closed), closures.map(\.hours), closures.map(\.reason),
                knownAt,
            ])
    }

    /// The calendar of an exchange as known at an instant; nil for an exchange without a calendar.
    package func calendar(of mic: String, asOf instant: Instant) async throws(PostgresError) -> TradingCalendar? {
        guard let calendar = TradingCalendar.of(mic: mic) else { return nil }
        let days = try await database.query(
            """
            SELECT day, hours FROM (
                SELECT DISTINCT ON (day) day, closed, hours FROM closures WHERE exchange = $1 AND known_at <= $2 ORDER BY day, known_at DESC
            ) latest WHERE closed OR hours IS NOT NULL
            """, [mic, instant]
        ).all { row throws(PostgresError) in (try row[0] as SessionDate, try row[1] as String?) }
        guard !days.isEmpty else { return calendar }
        var (closures, hours): (Set<SessionDate>, [SessionDate: SessionHours]) = ([], [:])
        for (day, text) in days {
            if let text { hours[day] = SessionHours(text) } else { closures.insert(day) }
        }
        return calendar.changed(closures: closures, openings: Set(hours.keys), hours: hours)
    }
}
