package import Market
package import Postgres

/// A bar with its source.
package struct SourcedBar: Hashable, Sendable {
    package let bar: Bar
    package let source: String
    /// New shares per old share since the previous bar, inferred from the price level alone; nil if no split is inferred.
    package var inferredSplit: Double?
}

/// Versions of daily bars, as traded. A quarantined version takes its session out of every series.
package struct Bars: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// The sessions that an insertion changed, in order.
    package struct Changes: Hashable, Sendable {
        /// The sessions with a new version that is not quarantined.
        package var stored: [SessionDate] = []
        /// The sessions whose new version is quarantined although the previous version was not.
        package var withdrawn: [SessionDate] = []
        /// By stored session: the later session whose bar confirmed the stored one, if there is any.
        package var decided: [SessionDate: SessionDate] = [:]
    }

    /// Stores the bars that are new or differ from their version before `response`, and returns the changed sessions.
    ///
    /// Call under `ProviderResponses.lock`: COPY does not detect rows of the same response that another transaction writes.
    ///
    /// - Parameter available: the time at which the first version of a session became available. A correction is available when it is known.
    @discardableResult
    package func insert(
        _ bars: [ValidatedBar], from response: ProviderResponse, currency: String, available: (SessionDate) -> Instant
    ) async throws(PostgresError) -> Changes {
        guard let first = bars.lazy.map(\.bar.session).min(), let last = bars.lazy.map(\.bar.session).max() else { return Changes() }
        let own = try await ProviderResponses(database).reference(to: response)
        var before: [SessionDate: Version] = [:]
        for row in try await database.query(
            """
            SELECT DISTINCT ON (session) \(Self.validatedColumns), currency, response_id = $3
            FROM bars
            WHERE instrument = $1 AND source = $2 AND session BETWEEN $4 AND $5 AND response_id <= $3
            ORDER BY session, response_id DESC
            """, [own.instrument, response.provider, own.id, first, last])
        {
            let version = Version(validated: try Self.validated(row), currency: try row[10], isOwn: try row[11])
            before[version.validated.bar.session] = version
        }
        var rows = CopyRows(first: own.instrument, response.provider, own.id, response.knownAt, currency)
        rows.reserve(bars.count, of: 200)
        var changes = Changes()
        var written: Set<SessionDate> = []
        for validated in bars {
            let bar = validated.bar
            let version = before[bar.session]
            if let version, version.isOwn || version.validated.hasSameContent(as: validated) && version.currency == currency { continue }
            guard written.insert(bar.session).inserted else { continue }
            rows.append(
                bar.session, version == nil ? available(validated.confirmedBy ?? bar.session) : response.knownAt, bar.open, bar.high,
                bar.low,
                bar.close, bar.volume,
                validated.isQuarantined, validated.split, validated.basis.rawValue, validated.pricedAt, validated.isReleased)
            if !validated.isQuarantined {
                changes.stored.append(bar.session)
                changes.decided[bar.session] = validated.confirmedBy
            } else if version?.validated.isQuarantined == false {
                changes.withdrawn.append(bar.session)
            }
        }
        try await database.copyIn("bars", Self.copiedColumns, rows)
        changes.stored.sort()
        changes.withdrawn.sort()
        return changes
    }

    /// The latest version of each of a source's sessions in a range (nil: of all sessions), in order, including quarantined ones.
    ///
    /// Call under `ProviderResponses.lock`.
    package func validated(
        _ instrument: String, source: String, in range: ClosedRange<SessionDate>?
    ) async throws(PostgresError) -> [ValidatedBar] {
        try await database.query(
            """
            SELECT DISTINCT ON (session) \(Self.validatedColumns), coalesce(priced_at, known_at) FROM bars
            WHERE instrument = \(Instruments.number("$1")) AND source = $2
                AND session BETWEEN coalesce($3, '-infinity') AND coalesce($4, 'infinity')
            ORDER BY session, response_id DESC
            """, [instrument, source, range?.lowerBound, range?.upperBound]
        ).all { row throws(PostgresError) in
            var validated = try Self.validated(row)
            validated.pricedAt = try row[10]
            return validated
        }
    }

    /// The currency of a source's last bar; nil if the source has no bar.
    package func currency(of instrument: String, source: String) async throws(PostgresError) -> String? {
        try await database.query(
            """
            SELECT currency FROM bars WHERE instrument = \(Instruments.number("$1")) AND source = $2
            ORDER BY session DESC, response_id DESC LIMIT 1
            """, [instrument, source]
        ).one { row throws(PostgresError) in try row[0] }
    }

    /// A query: the latest version of each session and source of instrument $1 from session $3 (NULL: the first) through $4 (NULL: the last)
    /// as of instant $2. A session of a source is visible unless this version is quarantined.
    ///
    /// It reads the primary key backwards. Because rows are compared and ordered by the columns of the key, the planner can choose no other
    /// index, whatever its statistics are.
    ///
    /// - Parameter column: the time column that is compared, `known_at` or `available_at`.
    private static func latestVersions(_ column: String) -> String {
        let number = Instruments.number("$1")
        return """
            SELECT DISTINCT ON (instrument, session, source) * FROM bars
            WHERE (instrument, session) >= (\(number), coalesce($3, '-infinity')) AND (instrument, session) <= (\(number), coalesce($4, 'infinity'))
                AND \(column) <= $2
            ORDER BY instrument DESC, session DESC, source DESC, response_id DESC
            """
    }

    /// A condition on `bars b`: the version is not quarantined, and neither is a later version of the same session and source.
    ///
    /// - Parameters:
    ///   - column: the time column that is compared, `known_at` or `available_at`.
    ///   - parameter: the SQL parameter with the instant.
    static func isVisible(_ column: String, _ parameter: String) -> String {
        """
        NOT b.quarantined AND NOT EXISTS (
            SELECT FROM bars q WHERE q.quarantined AND (q.instrument, q.session, q.source) = (b.instrument, b.session, b.source)
                AND q.\(column) <= \(parameter) AND q.response_id > b.response_id)
        """
    }

    /// The latest version of a session's bar before a response, or the response's own version.
    private struct Version {
        let validated: ValidatedBar
        let currency: String
        let isOwn: Bool
    }

    private static let copiedColumns = [
        "instrument", "source", "response_id", "known_at", "currency", "session", "available_at", "open", "high", "low", "close", "volume",
        "quarantined", "inferred_split", "price_basis", "priced_at", "released",
    ]

    /// The visible bar of each session in order, from the first source in `precedence` that has the session, or else from any other source.
    ///
    /// - Parameter last: the largest number of last sessions to read; nil reads all.
    package func read(
        _ instrument: String, _ asOf: AsOf, precedence: [String] = [], from: SessionDate? = nil, through: SessionDate? = nil,
        last: Int? = nil
    ) async throws(PostgresError) -> [Bar] {
        try await sourced(instrument, asOf, precedence: precedence, from: from, through: through, last: last).map(\.bar)
    }

    /// The bars of `read`, each with its source.
    package func sourced(
        _ instrument: String, _ asOf: AsOf, precedence: [String], from: SessionDate? = nil, through: SessionDate? = nil, last: Int? = nil
    ) async throws(PostgresError) -> [SourcedBar] {
        try await database.query(
            """
            SELECT DISTINCT ON (instrument, session) session, open, high, low, close, volume, source, inferred_split
            FROM (\(Self.latestVersions(asOf.column))) b WHERE NOT quarantined
            ORDER BY instrument DESC, session DESC, array_position($5, source), response_id DESC LIMIT $6
            """, [instrument, asOf.instant, from, through, precedence, last]
        ).all { row throws(PostgresError) in
            SourcedBar(bar: try Self.bar(row), source: try row[6], inferredSplit: try row[7])
        }.reversed()
    }

    /// The visible closes of one source from a session on (nil: all), by session.
    package func closes(
        _ instrument: String, _ asOf: AsOf, source: String, from: SessionDate?
    ) async throws(PostgresError) -> [SessionDate: Price] {
        var closes: [SessionDate: Price] = [:]
        for row in try await database.query(
            """
            SELECT session, close FROM (\(Self.latestVersions(asOf.column))) b WHERE NOT quarantined AND source = $5
            """, [instrument, asOf.instant, from, SessionDate?.none, source])
        {
            let (session, close): (SessionDate, Price) = (try row[0], try row[1])
            closes[session] = close
        }
        return closes
    }

    private static let validatedColumns =
        "session, open, high, low, close, volume, quarantined, inferred_split, price_basis::text, released"

    private static func validated(_ row: Row) throws(PostgresError) -> ValidatedBar {
        var validated = ValidatedBar(
            try bar(row), isQuarantined: try row[6], split: try row[7], basis: PriceBasis(rawValue: try row[8]) ?? .asTraded)
        validated.isReleased = try row[9]
        return validated
    }

    static func bar(_ row: Row) throws(PostgresError) -> Bar {
        Bar(session: try row[0], open: try row[1], high: try row[2], low: try row[3], close: try row[4], volume: try row[5])
    }

    /// SQL that selects a source's last `session` that was known before an instant. It reads the primary key backwards, see `latestVersions`.
    static func lastSession(of instrument: String, source: String, knownBefore instant: String) -> String {
        """
        SELECT session FROM bars
        WHERE (instrument, session) >= (\(instrument), '-infinity') AND (instrument, session) <= (\(instrument), 'infinity')
            AND source = \(source) AND known_at < \(instant)
        ORDER BY instrument DESC, session DESC LIMIT 1
        """
    }
}
