package import Market
package import Postgres

/// The dated membership of instruments in the universe: the instruments that schedules fetch and cross-sections compare.
package struct Universe: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// A membership from a session on, until before another session (nil: without end).
    package struct Membership: Hashable, Sendable {
        package let instrument: String
        package let from: SessionDate
        package let to: SessionDate?

        package init(instrument: String, from: SessionDate, to: SessionDate?) {
            self.instrument = instrument
            self.from = from
            self.to = to
        }

        package func contains(_ session: SessionDate) -> Bool { from <= session && to.map { session < $0 } ?? true }
    }

    /// Stores memberships as known from an instant on. A membership with the same first session as an earlier one replaces it.
    package func record(_ memberships: [Membership], knownAt: Instant) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO universe (instrument, valid_from, valid_to, known_at)
            SELECT \(Instruments.number("t.id")), valid_from, valid_to, $4 FROM unnest($1::text[], $2::date[], $3::date[]) t(id, valid_from, valid_to) ON CONFLICT DO NOTHING
            """, [memberships.map(\.instrument), memberships.map(\.from), memberships.map(\.to), knownAt])
    }

    /// Ends the configured memberships of instruments that the settings no longer name, and begins those of instruments that they name again,
    /// from a session on and as known from an instant on. The open membership of an instrument that the settings name becomes configured.
    package func configure(_ instruments: [String], from session: SessionDate, knownAt: Instant) async throws(PostgresError) {
        let latest = """
            SELECT DISTINCT ON (u.instrument) u.*, i.id FROM universe u JOIN instruments i ON i.number = u.instrument
            WHERE u.known_at <= $3 ORDER BY u.instrument, u.valid_from DESC, u.known_at DESC
            """
        try await database.execute(
            """
            INSERT INTO universe (instrument, valid_from, valid_to, known_at, configured)
            SELECT instrument, valid_from, $2, $3, true FROM (\(latest)) u
            WHERE configured AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) AND id <> ALL ($1)
            UNION ALL SELECT instrument, $2, NULL, $3, true FROM (\(latest)) u
            WHERE configured AND valid_to <= $2 AND valid_from < $2 AND id = ANY ($1)
            UNION ALL SELECT instrument, valid_from, valid_to, $3, true FROM (\(latest)) u
            WHERE NOT configured AND valid_to IS NULL AND id = ANY ($1)
            ON CONFLICT DO NOTHING
            """, [instruments, session, knownAt])
    }

    /// The memberships of an exchange's instruments as known at an instant, ordered by id and first session. A delisting ends them.
    package func memberships(exchange: String, asOf instant: Instant) async throws(PostgresError) -> [Membership] {
        try await database.query(
            """
            SELECT u.id, u.valid_from, least(u.valid_to, d.last_session + 1) FROM (
                SELECT DISTINCT ON (u.instrument, u.valid_from) u.*, i.id FROM universe u JOIN instruments i ON i.number = u.instrument
                WHERE i.exchange = $1 AND u.known_at <= $2 ORDER BY u.instrument, u.valid_from, u.known_at DESC
            ) u LEFT JOIN LATERAL (
                SELECT last_session FROM delistings d WHERE d.instrument = u.instrument AND d.known_at <= $2 ORDER BY known_at DESC LIMIT 1
            ) d ON true
            WHERE u.valid_to IS NULL OR u.valid_to > u.valid_from
            ORDER BY u.id, u.valid_from
            """, [exchange, instant]
        ).all { row throws(PostgresError) in Membership(instrument: try row[0], from: try row[1], to: try row[2]) }
    }

    /// The members of the universe on a session of an exchange, ordered by id.
    package func members(exchange: String, on session: SessionDate, asOf instant: Instant) async throws(PostgresError) -> [Instrument] {
        let ids = Set(try await memberships(exchange: exchange, asOf: instant).filter { $0.contains(session) }.map(\.instrument))
        return try await Instruments(database).list(exchange: exchange).filter { ids.contains($0.id) }
    }

    /// Stores an instrument's last session before its delisting; nil revokes a delisting.
    package func recordDelisting(
        of instrument: String, last: SessionDate?, reason: String, knownAt: Instant
    ) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO delistings (instrument, last_session, reason, known_at) VALUES (\(Instruments.number("$1")), $2, $3, $4)
            ON CONFLICT DO NOTHING
            """, [instrument, last, reason, knownAt])
    }

    /// The last sessions of the delisted instruments as known at an instant, by instrument id.
    package func delistings(asOf instant: Instant) async throws(PostgresError) -> [String: SessionDate] {
        let pairs = try await database.query(
            """
            SELECT i.id, last_session FROM (
                SELECT DISTINCT ON (instrument) instrument, last_session FROM delistings WHERE known_at <= $1
                ORDER BY instrument, known_at DESC
            ) latest JOIN instruments i ON i.number = latest.instrument WHERE last_session IS NOT NULL
            """, [instant]
        ).all { row throws(PostgresError) in (try row[0] as String, try row[1] as SessionDate) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}
