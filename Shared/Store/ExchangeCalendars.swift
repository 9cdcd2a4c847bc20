package import Market
package import Postgres

/// The exchanges' calendars with the closures that were announced since the code was built: a new one is a row, not a release.
package struct ExchangeCalendars: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// A day without a session although the rules have one; `closed` false takes it back.
    package struct Closure: Hashable, Sendable {
        package let exchange: String
        package let day: SessionDate
        package let closed: Bool
        package let reason: String

        package init(exchange: String, day: SessionDate, closed: Bool, reason: String) {
            self.exchange = exchange
            self.day = day
            self.closed = closed
            self.reason = reason
        }
    }

    package func record(_ closures: [Closure], knownAt: Instant) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO closures (exchange, day, closed, reason, known_at)
            SELECT exchange, day, closed, reason, $5 FROM unnest($1::text[], $2::date[], $3::boolean[], $4::text[]) t(exchange, day, closed, reason)
            ON CONFLICT DO NOTHING
            """, [closures.map(\.exchange), closures.map(\.day), closures.map(\.closed), closures.map(\.reason), knownAt])
    }

    /// The calendar of an exchange as it was known at an instant; nil for an exchange that has none.
    package func calendar(of mic: String, asOf instant: Instant) async throws(PostgresError) -> TradingCalendar? {
        guard let calendar = TradingCalendar.of(mic: mic) else { return nil }
        let closures = try await database.query(
            """
            SELECT day FROM (
                SELECT DISTINCT ON (day) day, closed FROM closures WHERE exchange = $1 AND known_at <= $2 ORDER BY day, known_at DESC
            ) latest WHERE closed
            """, [mic, instant]
        ).all { row throws(PostgresError) in try row[0] as SessionDate }
        return closures.isEmpty ? calendar : calendar.changed(closures: Set(closures))
    }
}
