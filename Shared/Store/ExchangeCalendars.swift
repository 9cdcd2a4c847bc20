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
        guard TradingCalendar.of(mic: mic) != nil else { return nil }
        let rows = try await database.query("SELECT \(Self.announcements(of: "$1", asOf: "$2"))", [mic, instant])
        return Self.calendar(of: mic, announcements: try rows[0][0])
    }

    /// SQL: the announced days of an exchange as an array of texts, each a day, and its hours unless it is closed.
    static func announcements(of exchange: String, asOf instant: String) -> String {
        """
        ARRAY(
            SELECT to_char(day, 'YYYY-MM-DD') || coalesce(' ' || hours, '') FROM (
                SELECT DISTINCT ON (exchange, day) day, closed, hours FROM closures WHERE exchange = \(exchange) AND known_at <= \(instant)
                ORDER BY exchange, day, known_at DESC
            ) latest WHERE closed OR hours IS NOT NULL ORDER BY day)
        """
    }

    /// The calendar of an exchange with announced days; nil for an exchange without a calendar.
    static func calendar(of mic: String, announcements: [String]) -> TradingCalendar? {
        guard let calendar = TradingCalendar.of(mic: mic) else { return nil }
        guard !announcements.isEmpty else { return calendar }
        var (closures, hours): (Set<SessionDate>, [SessionDate: SessionHours]) = ([], [:])
        for text in announcements {
            let parts = text.split(separator: " ", maxSplits: 1)
            guard let day = SessionDate(String(parts[0])) else { continue }
            if parts.count > 1 { hours[day] = SessionHours(String(parts[1])) } else { closures.insert(day) }
        }
        return calendar.changed(closures: closures, openings: Set(hours.keys), hours: hours)
    }
}
