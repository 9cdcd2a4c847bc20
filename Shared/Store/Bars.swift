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
        /// Of stored ones that a later session's bar decided, that session.
        package var decided: [SessionDate: SessionDate] = [:]
    }

    /// Stores the bars that differ from the version before `response` in order (or have none), and tells which sessions that changes.
    /// `available` tells when a session's first version could be had; a correction is available when it is known. Call under
    /// `ProviderResponses.lock`: the rows go in by COPY, which does not look for others' of the same response.
    @discardableResult
    package func insert(
        _ bars: [ValidatedBar], from response: ProviderResponse, currency: String, available: (SessionDate) -> Instant
    ) async throws(PostgresError) -> Changes {
        guard let first = bars.lazy.map(\.bar.session).min(), let last = bars.lazy.map(\.bar.session).max() else { return Changes() }
        var before: [SessionDate: Version] = [:]
        for row in try await database.query(
            """
            SELECT DISTINCT ON (session) session, open, high, low, close, volume, held, split, basis, released, currency, known_at = $3 AND sha256 = $5
            FROM bars
            WHERE instrument_id = $1 AND source = $2 AND session BETWEEN $6 AND $7
                AND ((known_at, fetched_at, sha256) < ($3, $4, $5) OR (known_at = $3 AND sha256 = $5))
            ORDER BY session, (known_at = $3 AND sha256 = $5) DESC, known_at DESC, fetched_at DESC, sha256 DESC
            """, [response.instrument, response.provider, response.knownAt, response.fetchedAt, response.sha256, first, last])
        {
            let version = Version(screened: try Self.screened(row), currency: try row[10], isOwn: try row[11])
            before[version.screened.bar.session] = version
        }
        var rows = CopyRows(
            first: response.instrument, response.provider, response.knownAt, response.fetchedAt, response.sha256, response.key, currency)
        rows.reserve(bars.count, of: 445)
        var changes = Changes()
        var written: Set<SessionDate> = []
        for screened in bars {
            let bar = screened.bar
            let version = before[bar.session]
            if let version, version.isOwn || version.screened.hasSameContent(as: screened) && version.currency == currency { continue }
            guard written.insert(bar.session).inserted else { continue }
            rows.append(
                bar.session, version == nil ? available(screened.confirmedBy ?? bar.session) : response.knownAt, bar.open, bar.high,
                bar.low,
                bar.close, bar.volume,
                screened.isQuarantined, screened.split, screened.basis.rawValue, screened.pricedAt, screened.isReleased)
            if !screened.isQuarantined {
                changes.stored.append(bar.session)
                changes.decided[bar.session] = screened.confirmedBy
            } else if version?.screened.isQuarantined == false {
                changes.withdrawn.append(bar.session)
            }
        }
        try await database.copyIn("bars", Self.copied, rows)
        changes.stored.sort()
        changes.withdrawn.sort()
        return changes
    }

    /// The latest version of each of a source's sessions in a range (nil: of all), in order, with those that are held. Call under
    /// `ProviderResponses.lock`.
    package func screened(
        _ instrument: String, source: String, in range: ClosedRange<SessionDate>?
    ) async throws(PostgresError) -> [ValidatedBar] {
        try await database.query(
            """
            SELECT DISTINCT ON (session) session, open, high, low, close, volume, held, split, basis, released, coalesce(priced_at, known_at) FROM bars
            WHERE instrument_id = $1 AND source = $2 AND session BETWEEN coalesce($3, '-infinity') AND coalesce($4, 'infinity')
            ORDER BY session, known_at DESC, fetched_at DESC, sha256 DESC
            """, [instrument, source, range?.lowerBound, range?.upperBound]
        ).all { row throws(PostgresError) in
            var screened = try Self.screened(row)
            screened.pricedAt = try row[10]
            return screened
        }
    }

    /// The currency of a source's last bar; nil when there is none.
    package func currency(of instrument: String, source: String) async throws(PostgresError) -> String? {
        try await database.query(
            """
            SELECT currency FROM bars WHERE instrument_id = $1 AND source = $2
            ORDER BY session DESC, known_at DESC, fetched_at DESC, sha256 DESC LIMIT 1
            """, [instrument, source]
        ).one { row throws(PostgresError) in try row[0] }
    }

    /// Leaves out of `bars b` what is held, as of the instant of a parameter by a column: every version before one that is.
    static func isVisible(_ column: String, _ parameter: String) -> String {
        """
        NOT b.held AND NOT EXISTS (
            SELECT FROM bars h WHERE h.held AND (h.instrument_id, h.session, h.source) = (b.instrument_id, b.session, b.source)
                AND h.\(column) <= \(parameter) AND (h.known_at, h.fetched_at, h.sha256) > (b.known_at, b.fetched_at, b.sha256))
        """
    }

    /// The version of a session's bar that a response follows on, or the one that is the response's own.
    private struct Version {
        let screened: ValidatedBar
        let currency: String
        let isOwn: Bool
    }

    private static let copied = [
        "instrument_id", "source", "known_at", "fetched_at", "sha256", "object_key", "currency", "session", "available_at", "open", "high",
        "low", "close", "volume", "held", "split", "basis", "priced_at", "released",
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
            SELECT DISTINCT ON (session) session, open, high, low, close, volume, source, split FROM bars b
            WHERE instrument_id = $1 AND \(asOf.column) <= $2 AND \(Self.isVisible(asOf.column, "$2")) AND session >= coalesce($3, '-infinity') AND session <= coalesce($4, 'infinity')
            ORDER BY session DESC, array_position($5, source), known_at DESC, fetched_at DESC, sha256 DESC LIMIT $6
            """, [instrument, asOf.instant, from, through, order, last]
        ).all { row throws(PostgresError) in SourcedBar(bar: try Self.bar(row), source: try row[6], split: try row[7]) }.reversed()
    }

    private static func screened(_ row: Row) throws(PostgresError) -> ValidatedBar {
        var screened = ValidatedBar(
            try bar(row), isQuarantined: try row[6], split: try row[7], basis: PriceBasis(rawValue: try row[8]) ?? .asTraded)
        screened.isReleased = try row[9]
        return screened
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
