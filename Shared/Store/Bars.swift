package import Market
package import Postgres

/// A bar and who said it.
package struct SourcedBar: Hashable, Sendable {
    package let bar: Bar
    package let source: String
}

/// Versions of daily bars, as traded.
package struct Bars: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Stores the bars that differ from the version before `answer` in order (or have none), and returns their sessions in order.
    /// `available` tells when a session's first version could be had; a correction is available when it is known.
    @discardableResult
    package func insert(
        _ bars: [Bar], from answer: Answer, currency: String, available: (SessionDate) -> Instant
    ) async throws(PostgresError) -> [SessionDate] {
        guard !bars.isEmpty else { return [] }
        return try await database.query(
            """
            INSERT INTO bars (instrument_id, session, source, known_at, available_at, fetched_at, sha256, object_key,
                open, high, low, close, volume, currency)
            SELECT $1, n.session, $2, $3, CASE WHEN p.session IS NULL THEN n.available_at ELSE $3 END, $4, $5, $6,
                n.open, n.high, n.low, n.close, n.volume, $7
            FROM unnest($8::date[], $9::timestamptz[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::float8[])
                n(session, available_at, open, high, low, close, volume)
            LEFT JOIN LATERAL (
                SELECT * FROM bars b
                WHERE b.instrument_id = $1 AND b.session = n.session AND b.source = $2
                    AND (b.known_at, b.fetched_at, b.sha256) < ($3, $4, $5)
                ORDER BY b.known_at DESC, b.fetched_at DESC, b.sha256 DESC LIMIT 1
            ) p ON true
            WHERE p.session IS NULL
                OR (p.open, p.high, p.low, p.close, p.volume, p.currency) IS DISTINCT FROM (n.open, n.high, n.low, n.close, n.volume, $7)
            ON CONFLICT DO NOTHING
            RETURNING session
            """,
            [
                answer.instrument, answer.provider, answer.knownAt, answer.fetchedAt, answer.sha256, answer.key, currency,
                bars.map(\.session), bars.map { available($0.session) }, bars.map(\.open), bars.map(\.high), bars.map(\.low),
                bars.map(\.close), bars.map(\.volume),
            ]
        ).all { row throws(PostgresError) in try row[0] as SessionDate }.sorted()
    }

    /// The visible bar of each session in order, the last `last` sessions if given: of the source that stands first in `order`, of any
    /// other after those; of one source, its latest version.
    package func read(
        _ instrument: String, _ asOf: AsOf, order: [String] = [], from: SessionDate? = nil, through: SessionDate? = nil, last: Int? = nil
    ) async throws(PostgresError) -> [Bar] {
        try await sourced(instrument, asOf, order: order, from: from, through: through, last: last).map(\.bar)
    }

    /// The same with the source of each.
    package func sourced(
        _ instrument: String, _ asOf: AsOf, order: [String], from: SessionDate? = nil, through: SessionDate? = nil, last: Int? = nil
    ) async throws(PostgresError) -> [SourcedBar] {
        try await database.query(
            """
            SELECT DISTINCT ON (session) session, open, high, low, close, volume, source FROM bars
            WHERE instrument_id = $1 AND \(asOf.column) <= $2 AND session >= coalesce($3, '-infinity') AND session <= coalesce($4, 'infinity')
            ORDER BY session DESC, array_position($5, source), known_at DESC, fetched_at DESC, sha256 DESC LIMIT $6
            """, [instrument, asOf.instant, from, through, order, last]
        ).all { row throws(PostgresError) in SourcedBar(bar: try Self.bar(row), source: try row[6]) }.reversed()
    }

    static func bar(_ row: Row) throws(PostgresError) -> Bar {
        Bar(session: try row[0], open: try row[1], high: try row[2], low: try row[3], close: try row[4], volume: try row[5])
    }

    /// The last session that was known before an instant, for the question where to go on from.
    package func lastSession(
        of instrument: String, source: String, knownBefore instant: Instant
    ) async throws(PostgresError) -> SessionDate? {
        try await database.query(
            "SELECT session FROM bars WHERE instrument_id = $1 AND source = $2 AND known_at < $3 ORDER BY session DESC LIMIT 1",
            [instrument, source, instant]
        ).one { row throws(PostgresError) in try row[0] }
    }
}
