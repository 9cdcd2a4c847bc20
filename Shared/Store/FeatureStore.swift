package import Market
package import Postgres

/// Versions of feature rows: one-symbol features of each response, and cross-sectional features of each session.
package struct FeatureStore: Sendable {
    /// SQL: the `values` of a withdrawn row. A version holds if its `values` differ from this.
    static let withdrawnValues = "'{}'"

    let database: Database
    /// The feature set's version, such as `f1`.
    package let version: String
    /// The number of cross-sectional features in the set.
    package let crossWidth: Int

    package init(_ database: Database, version: String, crossWidth: Int) {
        self.database = database
        self.version = version
        self.crossWidth = crossWidth
    }

    /// Stores the rows that are new or differ from their version before `response`, and returns their sessions in order.
    ///
    /// All rows have the same number of values and of extras, and different sessions. Call under `ProviderResponses.lock`.
    ///
    /// - Parameter available: the time at which the first version of a session became available.
    @discardableResult
    package func insert(
        _ rows: [FeatureRecord], from response: ProviderResponse, available: (SessionDate) -> Instant
    ) async throws(PostgresError) -> [SessionDate] {
        guard let first = rows.lazy.map(\.session).min(), let last = rows.lazy.map(\.session).max() else { return [] }
        let own = try await ProviderResponses(database).reference(to: response)
        var before: [SessionDate: (record: FeatureRecord, isOwn: Bool)] = [:]
        for row in try await database.query(
            """
            SELECT DISTINCT ON (session) session, "values", log_return, extras, response_id = $3 FROM features
            WHERE instrument = $1 AND version = $2 AND session BETWEEN $4 AND $5 AND response_id <= $3
            ORDER BY session, response_id DESC
            """, [own.instrument, version, own.id, first, last])
        {
            let record = FeatureRecord(session: try row[0], values: try row[1], logReturn: try row[2], extras: try row[3])
            before[record.session] = (record, try row[4])
        }
        var copied = CopyRows(first: own.instrument, version, response.knownAt, own.id)
        copied.reserve(rows.count, of: 580)
        var written: [SessionDate] = []
        for row in rows where before[row.session].map({ !$0.isOwn && !$0.record.isSame(as: row) }) ?? true {
            let availableAt = before[row.session] == nil ? available(row.session) : response.knownAt
            copied.append(row.session, availableAt, row.values, row.logReturn, row.extras)
            written.append(row.session)
        }
        try await database.copyIn(
            "features",
            ["instrument", "version", "known_at", "response_id", "session", "available_at", "\"values\"", "log_return", "extras"], copied)
        return written.sorted()
    }

    /// Withdraws the rows of sessions whose bar is now quarantined, and returns the sessions that had a row.
    ///
    /// A withdrawn row gets a version without values, which no read returns.
    @discardableResult
    package func withdraw(_ sessions: [SessionDate], from response: ProviderResponse) async throws(PostgresError) -> [SessionDate] {
        guard !sessions.isEmpty else { return [] }
        let own = try await ProviderResponses(database).reference(to: response)
        return try await database.query(
            """
            INSERT INTO features (instrument, version, session, known_at, available_at, response_id, "values", log_return, extras)
            SELECT $1, $2, session, $3, $3, $4, \(Self.withdrawnValues), 0, '{}' FROM (
                SELECT DISTINCT ON (session) session, "values" FROM features
                WHERE instrument = $1 AND version = $2 AND session = ANY ($5) AND response_id < $4
                ORDER BY session, response_id DESC
            ) f WHERE "values" <> \(Self.withdrawnValues)
            ON CONFLICT DO NOTHING
            RETURNING session
            """, [own.instrument, version, response.knownAt, own.id, sessions]
        ).all { row throws(PostgresError) in try row[0] as SessionDate }.sorted()
    }

    /// Tells states of the tables of features apart.
    package struct TableVersion: Hashable, Sendable {
        let lastResponse: Int64
        let lastInstant: Instant?
        let instants, pending: Int
    }

    /// The version of the tables of features: it changes with every response that is projected and every cross-section that is computed. nil
    /// while cross-sections are being computed.
    package func tableVersion() async throws(PostgresError) -> TableVersion? {
        try await database.query(
            """
            SELECT coalesce((SELECT max(id) FROM provider_responses), 0), max(known_at), count(*), (SELECT count(*) FROM pending_cross_sections),
                coalesce(bool_and(is_complete), true)
            FROM cross_section_instants WHERE version = $1
            """, [version]
        ).one { row throws(PostgresError) in
            try row[4]
                ? TableVersion(lastResponse: try row[0], lastInstant: try row[1], instants: try row[2], pending: try row[3]) : nil
        } ?? nil
    }

    /// The feature tables of instruments (nil: of all) as visible at an instant, ordered by instrument id; read by COPY.
    ///
    /// Instruments without a row are left out.
    ///
    /// - Parameter last: the largest number of last sessions to read per instrument; only for named instruments.
    package func read(
        _ instruments: [String]?, _ asOf: AsOf, from: SessionDate? = nil, through: SessionDate? = nil, last: Int? = nil
    ) async throws(PostgresError) -> [FeatureTable] {
        if let last, let instruments {
            var tables: [FeatureTable] = []
            for instrument in Set(instruments).sorted() { tables += try await copy([instrument], asOf, from, through, last) }
            return tables
        }
        precondition(last == nil, "the last sessions can be read for named instruments only")
        return try await copy(instruments, asOf, from, through, nil)
    }

    /// The feature tables of all instruments as visible at an instant, ordered by instrument id; read by COPY.
    package func read(_ asOf: AsOf, from: SessionDate? = nil, through: SessionDate? = nil) async throws(PostgresError) -> [FeatureTable] {
        try await copy(nil, asOf, from, through, nil)
    }

    private func copy(
        _ instruments: [String]?, _ asOf: AsOf, _ from: SessionDate?, _ through: SessionDate?, _ last: Int?
    ) async throws(PostgresError) -> [FeatureTable] {
        let column = asOf.column
        var conditions = ["f.version = $1", "f.\(column) <= $2"]
        var parameters: [any PostgresLiteral] = [version, asOf.instant]
        func add(_ value: (any PostgresLiteral)?, _ clause: (String) -> String) {
            guard let value else { return }
            parameters.append(value)
            conditions.append(clause("$\(parameters.count)"))
        }
        if let instruments, instruments.count == 1 {
            add(instruments[0]) { "f.instrument = \(Instruments.number($0))" }
        } else {
            add(instruments) { "f.instrument IN (SELECT number FROM instruments WHERE id = ANY (\($0)))" }
        }
        add(from) { "f.session >= \($0)" }
        add(through) { "f.session <= \($0)" }
        let crossWidth = crossWidth
        let direction = last == nil ? "" : "DESC"
        let tables = try await database.copyOut(
            """
            SELECT i.id, f.session, f.known_at, r.sha256, f."values", f.log_return, f.extras, c.known_at, c."values" FROM (
                SELECT * FROM (
                    SELECT DISTINCT ON (f.instrument, f.session) f.* FROM features f WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY f.instrument, f.session \(direction), f.response_id DESC
                ) f WHERE f."values" <> \(Self.withdrawnValues) \(last.map { "LIMIT \($0)" } ?? "")
            ) f JOIN instruments i ON i.number = f.instrument
            JOIN provider_responses r ON r.id = f.response_id AND r.instrument = f.instrument
            LEFT JOIN LATERAL (
                SELECT c.known_at, c."values" FROM cross_features c
                WHERE c.instrument = f.instrument AND c.version = $1 AND c.session = f.session AND c.\(column) <= $2
                ORDER BY c.known_at DESC LIMIT 1
            ) c ON true
            ORDER BY i.id, f.session
            """, parameters, into: [FeatureTable]()
        ) { tables, row throws(PostgresError) in
            let instrument: String = try row[0]
            if tables.last?.instrument != instrument {
                let width = try row.cell(4).forEachElement(of: Float.self, { _ in }) { _ in } + crossWidth
                tables.append(FeatureTable(instrument: instrument, width: width))
            }
            try tables[tables.count - 1].append(row, crossWidth)
        }
        return tables
    }

    /// SQL that selects an instrument's last `session` as recorded at an instant whose features were not withdrawn.
    ///
    /// It reads the primary key backwards up to the first match. Because rows are compared and ordered by all columns of the key, the planner
    /// can choose no other index, whatever its statistics are.
    ///
    /// - Parameters:
    ///   - instrument: an expression for the instrument's number.
    ///   - version: an expression for the feature version.
    ///   - instant: an expression for the instant.
    static func lastSession(of instrument: String, version: String, asOf instant: String) -> String {
        """
        SELECT x.session FROM features x
        WHERE (x.instrument, x.version, x.session) >= (\(instrument), \(version), '-infinity'::date)
            AND (x.instrument, x.version, x.session) <= (\(instrument), \(version), 'infinity'::date) AND x.known_at <= \(instant) AND (
            SELECT n."values" FROM features n
            WHERE (n.instrument, n.version, n.session) >= (x.instrument, x.version, x.session)
                AND (n.instrument, n.version, n.session) <= (x.instrument, x.version, x.session) AND n.known_at <= \(instant)
            ORDER BY n.instrument DESC, n.version DESC, n.session DESC, n.response_id DESC LIMIT 1
        ) <> \(withdrawnValues) ORDER BY x.instrument DESC, x.version DESC, x.session DESC LIMIT 1
        """
    }
}

extension FeatureTable {
    fileprivate mutating func append(_ row: CopiedRow, _ crossWidth: Int) throws(PostgresError) {
        let session: SessionDate = try row[1]
        sessions.append(session)
        fingerprint.add(Int64(session.day))
        let rowKnown: Instant = try row[2]
        fingerprint.add(rowKnown.microseconds)
        latestKnown = max(latestKnown, rowKnown)
        fingerprint.add(try row[3] as String)
        try row.appendElements(4, to: &values)
        logReturns.append(try row[5])
        extrasWidth = try row.appendElements(6, to: &extras)
        if let known = try row[7] as Instant? {
            fingerprint.add(known.microseconds)
            try row.appendElements(8, to: &values)
            latestKnown = max(latestKnown, known)
            for value in values.suffix(crossWidth) { fingerprint.add(Int64(value.bitPattern)) }
        } else {
            values.append(contentsOf: repeatElement(.nan, count: crossWidth))
        }
        guard values.count == sessions.count * width, extras.count == sessions.count * extrasWidth else {
            throw PostgresError(.decoding, "the features of \(instrument) on \(session) have another width than those before")
        }
    }
}

extension CopiedRow {
    /// Appends the elements of an array column and returns their number.
    @discardableResult
    fileprivate func appendElements<T: PostgresElement & PostgresDecodable>(_ column: Int, to array: inout [T]) throws(PostgresError) -> Int
    {
        try cell(column).forEachElement(of: T.self, { _ in }) { cell throws(PostgresError) in array.append(try T(postgres: cell)) }
    }
}
