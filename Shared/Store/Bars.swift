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
    /// `available` tells when a session's first version could be had; a correction is available when it is known. Call under
    /// `RawObjects.lock`: the rows go in by COPY, which does not look for others' of the same answer.
    @discardableResult
    package func insert(
        _ bars: [Bar], from answer: Answer, currency: String, available: (SessionDate) -> Instant
    ) async throws(PostgresError) -> [SessionDate] {
        guard let first = bars.lazy.map(\.session).min(), let last = bars.lazy.map(\.session).max() else { return [] }
        var before: [SessionDate: Version] = [:]
        for row in try await database.query(
            """
            SELECT DISTINCT ON (session) session, open, high, low, close, volume, currency, known_at = $3 AND sha256 = $5 FROM bars
            WHERE instrument_id = $1 AND source = $2 AND session BETWEEN $6 AND $7
                AND ((known_at, fetched_at, sha256) < ($3, $4, $5) OR (known_at = $3 AND sha256 = $5))
            ORDER BY session, (known_at = $3 AND sha256 = $5) DESC, known_at DESC, fetched_at DESC, sha256 DESC
            """, [answer.instrument, answer.provider, answer.knownAt, answer.fetchedAt, answer.sha256, first, last])
        {
            let version = Version(bar: try Self.bar(row), currency: try row[6], isOwn: try row[7])
            before[version.bar.session] = version
        }
        var rows = CopyRows(
            first: answer.instrument, answer.provider, answer.knownAt, answer.fetchedAt, answer.sha256, answer.key, currency)
        rows.reserve(bars.count, of: 400)
        var written: Set<SessionDate> = []
        for bar in bars where before[bar.session].map({ !$0.isOwn && ($0.bar != bar || $0.currency != currency) }) ?? true {
            guard written.insert(bar.session).inserted else { continue }
            rows.append(
                bar.session, before[bar.session] == nil ? available(bar.session) : answer.knownAt, bar.open, bar.high, bar.low, bar.close,
                bar.volume)
        }
        try await database.copyIn("bars", Self.copied, rows)
        return written.sorted()
    }

    /// The version of a session's bar that an answer follows on, or the one that is the answer's own.
    private struct Version {
        let bar: Bar
        let currency: String
        let isOwn: Bool
    }

    private static let copied = [
        "instrument_id", "source", "known_at", "fetched_at", "sha256", "object_key", "currency", "session", "available_at", "open", "high",
        "low", "close", "volume",
    ]

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
