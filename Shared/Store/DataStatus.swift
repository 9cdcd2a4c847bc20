package import Market
package import Postgres

/// What is there of each instrument, as known at an instant.
package struct DataStatus: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    package struct Entry: Hashable, Sendable {
        package let instrument: Instrument
        /// Sessions with a final bar from any source.
        package let first, last: SessionDate?
        package let sessions: Int
        /// Sessions of which there is only an unfinished bar.
        package let provisional: Int
        /// Rows held back, and rows that count with a repair.
        package let quarantined, repaired: Int
        /// Who said anything, by name.
        package let sources: [String]
        /// When the last answer was known.
        package let heard: Instant?
        package let delisted: SessionDate?
    }

    /// All instruments, or one, ordered by id.
    package func entries(of instrument: String? = nil, asOf instant: Instant) async throws(PostgresError) -> [Entry] {
        try await database.query(
            """
            SELECT \(Instruments.columns), b.first, b.last, coalesce(b.sessions, 0), coalesce(p.sessions, 0), coalesce(q.held, 0), coalesce(q.repaired, 0),
                coalesce(r.sources, '{}'), r.heard, d.last_session
            FROM instruments i
            LEFT JOIN (
                SELECT instrument_id, min(session) AS first, max(session) AS last, count(DISTINCT session) AS sessions
                FROM bars b WHERE known_at <= $1 AND ($2 IS NULL OR instrument_id = $2) AND \(Bars.isVisible("known_at", "$1")) GROUP BY 1
            ) b ON b.instrument_id = i.id
            LEFT JOIN (
                SELECT p.instrument_id, count(DISTINCT p.session) AS sessions FROM provisional_bars p
                WHERE p.known_at <= $1 AND NOT EXISTS (
                    SELECT FROM bars b WHERE b.instrument_id = p.instrument_id AND b.session = p.session AND b.known_at <= $1
                        AND \(Bars.isVisible("known_at", "$1")))
                GROUP BY 1
            ) p ON p.instrument_id = i.id
            LEFT JOIN (
                SELECT instrument_id, count(*) FILTER (WHERE verdict = 'quarantine') AS held, count(*) FILTER (WHERE verdict = 'repair') AS repaired
                FROM (\(QuarantineLog.current("$1"))) current GROUP BY 1
            ) q ON q.instrument_id = i.id
            LEFT JOIN (
                SELECT instrument_id, array_agg(DISTINCT provider ORDER BY provider) AS sources, max(known_at) AS heard
                FROM raw_objects WHERE known_at <= $1 GROUP BY 1
            ) r ON r.instrument_id = i.id
            LEFT JOIN LATERAL (
                SELECT last_session FROM delistings d WHERE d.instrument_id = i.id AND d.known_at <= $1 ORDER BY known_at DESC LIMIT 1
            ) d ON true
            WHERE $2 IS NULL OR i.id = $2 ORDER BY i.id
            """, [instant, instrument]
        ).all { row throws(PostgresError) in
            Entry(
                instrument: try Instruments.instrument(row), first: try row[5], last: try row[6], sessions: try row[7],
                provisional: try row[8], quarantined: try row[9], repaired: try row[10], sources: try row[11], heard: try row[12],
                delisted: try row[13])
        }
    }

    /// The sessions of `calendar` from the first bar through `last` that have no bar, in order. One that is held back is
    /// there: asking for it again brings the same.
    package func gaps(
        in entry: Entry, through last: SessionDate, calendar: TradingCalendar, asOf instant: Instant
    ) async throws(PostgresError) -> [SessionDate] {
        guard let first = entry.first else { return [] }
        let through = entry.delisted.map { min($0, last) } ?? last
        let there = Set(
            try await database.query(
                "SELECT DISTINCT session FROM bars WHERE instrument_id = $1 AND known_at <= $2",
                [entry.instrument.id, instant]
            ).all { row throws(PostgresError) in try row[0] as SessionDate })
        return calendar.sessions(from: first, through: through).filter { !there.contains($0) }
    }
}
