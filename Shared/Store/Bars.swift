package import Market
package import Postgres

/// A bar and who said it.
package struct SourcedBar: Hashable, Sendable {
    package let bar: Bar
    package let source: String
    /// New shares for one old since the bar before, where only the price tells.
    package var split: Double?
}

/// Versions of daily bars, as traded. One that is held takes its session out of every series.
package struct Bars: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// The sessions that an insertion changed, in order.
    package struct Changes: Hashable, Sendable {
        /// With a new bar.
        package var stored: [SessionDate] = []
        /// Whose bar is held now and was not before.
        package var withdrawn: [SessionDate] = []
    }

    /// Stores the bars that differ from the version before `answer` in order (or have none).
    /// `available` tells when a session's first version could be had; a correction is available when it is known.
    @discardableResult
    package func insert(
        _ bars: [ScreenedBar], from answer: Answer, currency: String, available: (SessionDate) -> Instant
    ) async throws(PostgresError) -> Changes {
        guard !bars.isEmpty else { return Changes() }
        let rows = try await database.query(
            """
            WITH new AS (
            SELECT n.*, p.session IS NULL AS is_first, p.held = false AS was_visible
            FROM unnest($8::date[], $9::timestamptz[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::float8[], $15::boolean[],
                $16::float8[], $17::text[]) n(session, available_at, open, high, low, close, volume, held, split, basis)
            LEFT JOIN LATERAL (
                SELECT * FROM bars b
                WHERE b.instrument_id = $1 AND b.session = n.session AND b.source = $2
                    AND (b.known_at, b.fetched_at, b.sha256) < ($3, $4, $5)
                ORDER BY b.known_at DESC, b.fetched_at DESC, b.sha256 DESC LIMIT 1
            ) p ON true
            WHERE p.session IS NULL
                OR (p.open, p.high, p.low, p.close, p.volume, p.currency, p.held, p.split, p.basis)
                    IS DISTINCT FROM (n.open, n.high, n.low, n.close, n.volume, $7, n.held, n.split, n.basis)
            ), stored AS (
            INSERT INTO bars (instrument_id, session, source, known_at, available_at, fetched_at, sha256, object_key,
                open, high, low, close, volume, currency, held, split, basis)
            SELECT $1, n.session, $2, $3, CASE WHEN n.is_first THEN n.available_at ELSE $3 END, $4, $5, $6,
                n.open, n.high, n.low, n.close, n.volume, $7, n.held, n.split, n.basis FROM new n
            ON CONFLICT DO NOTHING
            RETURNING session, held
            )
            SELECT s.session, s.held FROM stored s JOIN new n USING (session) WHERE NOT s.held OR n.was_visible ORDER BY s.session
            """,
            [
                answer.instrument, answer.provider, answer.knownAt, answer.fetchedAt, answer.sha256, answer.key, currency,
                bars.map(\.bar.session), bars.map { available($0.bar.session) }, bars.map(\.bar.open), bars.map(\.bar.high),
                bars.map(\.bar.low), bars.map(\.bar.close), bars.map(\.bar.volume), bars.map(\.isHeld), bars.map(\.split),
                bars.map(\.basis.rawValue),
            ])
        var changes = Changes()
        for row in rows {
            if try row[1] { changes.withdrawn.append(try row[0]) } else { changes.stored.append(try row[0]) }
        }
        return changes
    }

    /// The latest version of each of a source's sessions in a range, in order, with those that are held. Call under `RawObjects.lock`.
    package func screened(
        _ instrument: String, source: String, in range: ClosedRange<SessionDate>
    ) async throws(PostgresError) -> [ScreenedBar] {
        try await database.query(
            """
            SELECT DISTINCT ON (session) session, open, high, low, close, volume, held, split, basis FROM bars
            WHERE instrument_id = $1 AND source = $2 AND session BETWEEN $3 AND $4
            ORDER BY session, known_at DESC, fetched_at DESC, sha256 DESC
            """, [instrument, source, range.lowerBound, range.upperBound]
        ).all { row throws(PostgresError) in
            ScreenedBar(try Self.bar(row), isHeld: try row[6], split: try row[7], basis: PriceBasis(rawValue: try row[8]) ?? .asTraded)
        }
    }

    /// Leaves out of `bars b` what is held, as of the instant of a parameter by a column: every version before one that is.
    static func isVisible(_ column: String, _ parameter: String) -> String {
        """
        NOT b.held AND NOT EXISTS (
            SELECT FROM bars h WHERE h.held AND (h.instrument_id, h.session, h.source) = (b.instrument_id, b.session, b.source)
                AND h.\(column) <= \(parameter) AND (h.known_at, h.fetched_at, h.sha256) > (b.known_at, b.fetched_at, b.sha256))
        """
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
            SELECT DISTINCT ON (session) session, open, high, low, close, volume, source, split FROM bars b
            WHERE instrument_id = $1 AND \(asOf.column) <= $2 AND \(Self.isVisible(asOf.column, "$2")) AND session >= coalesce($3, '-infinity') AND session <= coalesce($4, 'infinity')
            ORDER BY session DESC, array_position($5, source), known_at DESC, fetched_at DESC, sha256 DESC LIMIT $6
            """, [instrument, asOf.instant, from, through, order, last]
        ).all { row throws(PostgresError) in SourcedBar(bar: try Self.bar(row), source: try row[6], split: try row[7]) }.reversed()
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
