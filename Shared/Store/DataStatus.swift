package import Market
package import Postgres

/// Summarises the stored market data of each instrument, as known at an instant.
package struct DataStatus: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// The largest number of stored violations that are counted for each instrument, the latest first. A status with all instruments must
    /// answer in time, whatever their providers sent.
    static let mostViolations = 2000

    package struct Entry: Hashable, Sendable {
        package let instrument: Instrument
        /// The first and last session with a final bar from any source.
        package let first, last: SessionDate?
        /// The number of sessions with a final bar.
        package let sessions: Int
        /// The number of sessions that have only a provisional bar.
        package let provisional: Int
        /// The number of quarantined rows and of repaired rows. A row counts once, however many rules it violates.
        package let quarantined, repaired: Int
        /// The providers of any response about the instrument, by name.
        package let sources: [String]
        /// The business time of the last response.
        package let lastResponse: Instant?
        /// The last session before a delisting; nil if the instrument is listed.
        package let delisted: SessionDate?
    }

    /// The entries of the given instruments (nil: of all), ordered by id.
    ///
    /// - Parameters:
    ///   - after: an instrument id; only later ids are returned.
    ///   - limit: the largest number of entries.
    package func entries(
        of instruments: [String]? = nil, after: String = "", limit: Int = .max, asOf instant: Instant
    ) async throws(PostgresError) -> [Entry] {
        try await database.query(
            """
            WITH page AS MATERIALIZED (
                SELECT * FROM instruments WHERE ($2::text[] IS NULL OR id = ANY ($2)) AND id > $3 ORDER BY id LIMIT $4
            )
            SELECT \(Instruments.columns(at: "$1::timestamptz")), b.first, b.last, coalesce(b.sessions, 0), coalesce(p.sessions, 0), coalesce(q.quarantined, 0), coalesce(q.repaired, 0),
                coalesce(r.sources, '{}'), r.last_response, d.last_session
            FROM page i
            LEFT JOIN LATERAL (
                SELECT min(session) AS first, max(session) AS last, count(DISTINCT session) AS sessions
                FROM (
                    SELECT DISTINCT ON (b.session, b.source) b.session, b.quarantined FROM bars b
                    WHERE b.instrument = i.number AND b.known_at <= $1 ORDER BY b.session, b.source, b.response_id DESC
                ) versions WHERE NOT quarantined
            ) b ON true
            LEFT JOIN LATERAL (
                SELECT count(DISTINCT p.session) AS sessions FROM provisional_bars p
                WHERE p.instrument = i.number AND p.known_at <= $1 AND NOT EXISTS (
                    SELECT FROM bars b WHERE b.instrument = i.number AND b.session = p.session AND b.known_at <= $1
                        AND \(Bars.isVisible("known_at", "$1")))
            ) p ON true
            LEFT JOIN LATERAL (
                SELECT \(QuarantineLog.rowCount(.quarantined)) AS quarantined, \(QuarantineLog.rowCount(.repaired)) AS repaired
                FROM (
                    \(QuarantineLog.current("$1")) AND q.instrument = i.number
                    ORDER BY q.known_at DESC, q.session DESC NULLS LAST, q.response_id, q.ordinal, q.rule LIMIT \(Self.mostViolations)
                ) current
            ) q ON true
            LEFT JOIN LATERAL (
                SELECT array_agg(DISTINCT provider ORDER BY provider) AS sources, max(known_at) AS last_response
                FROM provider_responses r WHERE r.instrument = i.number AND known_at <= $1
            ) r ON true
            LEFT JOIN LATERAL (
                SELECT last_session FROM delistings d WHERE d.instrument = i.number AND d.known_at <= $1 ORDER BY known_at DESC LIMIT 1
            ) d ON true
            ORDER BY i.id
            """, [instant, instruments, after, limit]
        ).all { row throws(PostgresError) in
            Entry(
                instrument: try Instruments.instrument(row), first: try row[5], last: try row[6], sessions: try row[7],
                provisional: try row[8], quarantined: try row[9], repaired: try row[10], sources: try row[11], lastResponse: try row[12],
                delisted: try row[13])
        }
    }

    /// The sessions without a bar: their number, and the first fifty in order.
    package struct Gaps: Hashable, Sendable {
        package static let none = Gaps(count: 0, first: [])
        package let count: Int
        package let first: [SessionDate]
    }

    /// An exchange's sessions up to a last session.
    package struct Sessions: Sendable {
        let calendar: TradingCalendar
        package let last: SessionDate

        package init(_ calendar: TradingCalendar, through last: SessionDate) {
            self.calendar = calendar
            self.last = last
        }
    }

    /// The sessions without a bar from each instrument's first bar to its exchange's last session, by instrument id. Instruments without
    /// gaps are left out.
    ///
    /// A quarantined bar is no gap, because requesting it again brings the same bar. All instruments are read in one query.
    package func gaps(
        in entries: [Entry], exchanges: [String: Sessions], asOf instant: Instant
    ) async throws(PostgresError) -> [String: Gaps] {
        var (ids, markets, firsts, lasts): ([String], [String], [SessionDate], [SessionDate]) = ([], [], [], [])
        for entry in entries {
            guard let first = entry.first, let sessions = exchanges[entry.instrument.exchange] else { continue }
            ids.append(entry.instrument.id)
            markets.append(entry.instrument.exchange)
            firsts.append(first)
            lasts.append(entry.delisted.map { min($0, sessions.last) } ?? sessions.last)
        }
        guard let earliest = firsts.min() else { return [:] }
        let calendar = exchanges.filter { markets.contains($0.key) }.flatMap { mic, sessions in
            sessions.calendar.sessions(from: earliest, through: sessions.last).map { (mic, $0) }
        }
        let found = try await database.query(
            """
            SELECT p.id, count(*), (array_agg(missing.session ORDER BY missing.session))[1:50]
            FROM unnest($1::text[], $2::text[], $3::date[], $4::date[]) p(id, exchange, first, last)
            CROSS JOIN LATERAL (
                SELECT c.session FROM unnest($5::text[], $6::date[]) c(exchange, session)
                WHERE c.exchange = p.exchange AND c.session BETWEEN p.first AND p.last
                EXCEPT SELECT b.session FROM bars b WHERE b.instrument = \(Instruments.number("p.id")) AND b.known_at <= $7
            ) missing GROUP BY 1
            """, [ids, markets, firsts, lasts, calendar.map(\.0), calendar.map(\.1), instant]
        ).all { row throws(PostgresError) in (try row[0] as String, Gaps(count: try row[1], first: try row[2])) }
        return Dictionary(found) { first, _ in first }
    }
}
