package import Market
package import Postgres

/// The cross-sectional features of one exchange's sessions, and the instants that still have to be computed.
package struct CrossSections: Sendable {
    private let features: FeatureStore
    private let exchange: String
    private var database: Database { features.database }

    package init(_ features: FeatureStore, exchange: String) {
        self.features = features
        self.exchange = exchange
    }

    /// Locks the computation of this exchange's cross-sections until the transaction ends.
    package func lock() async throws(PostgresError) {
        try await database.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", ["cross-sections " + exchange])
    }

    /// Locks the computation of all exchanges' cross-sections until the transaction ends.
    package static func lockAll(in database: Database) async throws(PostgresError) {
        try await database.query(
            """
            SELECT pg_advisory_xact_lock(hashtextextended('cross-sections ' || exchange, 0))
            FROM (SELECT DISTINCT exchange FROM instruments ORDER BY exchange) e
            """)
    }

    /// `instant` and the instants from `first` on for which cross-sections have been begun or completed, in order.
    package func instants(from first: Instant, with instant: Instant) async throws(PostgresError) -> [Instant] {
        let begun = try await database.query(
            "SELECT known_at FROM cross_section_instants WHERE exchange = $1 AND version = $2 AND known_at >= $3",
            [exchange, features.version, first]
        ).all { row throws(PostgresError) in try row[0] as Instant }
        return Set(begun + [instant]).sorted()
    }

    /// The last instant for which cross-sections of any exchange were computed; nil if there is none.
    package static func latest(in database: Database) async throws(PostgresError) -> Instant? {
        try await database.query("SELECT max(known_at) FROM cross_section_instants").one { row throws(PostgresError) in
            try row[0] as Instant?
        } ?? nil
    }

    /// The first instant at which each exchange's cross-sections were computed, ordered by exchange.
    package static func firstInstants(in features: FeatureStore) async throws(PostgresError) -> [(exchange: String, knownAt: Instant)] {
        try await features.database.query(
            "SELECT exchange, min(known_at) FROM cross_section_instants WHERE version = $1 GROUP BY exchange ORDER BY exchange",
            [features.version]
        ).all { row throws(PostgresError) in (try row[0], try row[1]) }
    }

    /// Marks the exchange's cross-sections as outdated by a response that changed features. Call in the transaction of that change.
    package func markPending(_ response: ProviderResponse) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO pending_cross_sections (exchange, known_at) VALUES ($1, $2)", [exchange, response.knownAt])
    }

    /// Deletes the pending marks up to an instant, or up to the last computed instant if that is later, and returns the first instant that has
    /// to be computed.
    ///
    /// The result is `instant`, or an earlier computed instant that is incomplete or outdated by a deleted mark (a response that arrived after
    /// its run was cut off). Call under `lock`, in its transaction.
    package func consumePending(upTo instant: Instant) async throws(PostgresError) -> Instant {
        let earlier = try await database.query(
            """
            WITH computed AS (SELECT known_at, is_complete FROM cross_section_instants WHERE exchange = $1 AND version = $2),
            pending AS (
                DELETE FROM pending_cross_sections
                WHERE exchange = $1 AND known_at <= greatest($3, (SELECT max(known_at) FROM computed)) RETURNING known_at
            )
            SELECT min(known_at) FROM computed
            WHERE known_at <= $3 AND (known_at >= (SELECT min(known_at) FROM pending) OR NOT is_complete)
            """, [exchange, features.version, instant]
        ).one { row throws(PostgresError) in try row[0] as Instant? }
        return (earlier ?? nil) ?? instant
    }

    /// Deletes the cross-sections of an instant and marks it as incomplete. Call under `lock`, in its transaction.
    package func begin(_ instant: Instant) async throws(PostgresError) {
        let key: [any PostgresEncodable] = [exchange, features.version, instant]
        try await database.execute(
            """
            DELETE FROM cross_features WHERE version = $2 AND known_at = $3 AND session IN (
                SELECT session FROM cross_sections WHERE exchange = $1 AND version = $2 AND known_at = $3
            ) AND instrument IN (SELECT number FROM instruments WHERE exchange = $1)
            """, key)
        try await database.execute("DELETE FROM cross_sections WHERE exchange = $1 AND version = $2 AND known_at = $3", key)
        try await mark(instant, isComplete: false)
    }

    /// Marks an instant as complete. Call under `lock`, in its transaction.
    package func finish(_ instant: Instant) async throws(PostgresError) { try await mark(instant, isComplete: true) }

    private func mark(_ instant: Instant, isComplete: Bool) async throws(PostgresError) {
        try await database.execute(
            "DELETE FROM cross_section_instants WHERE exchange = $1 AND version = $2 AND known_at = $3",
            [exchange, features.version, instant])
        try await database.execute(
            "INSERT INTO cross_section_instants (exchange, version, known_at, is_complete) VALUES ($1, $2, $3, $4)",
            [exchange, features.version, instant, isComplete])
    }

    /// The sessions whose features changed since the last complete instant before this one, in order.
    ///
    /// The rows are found by their time: the form of the other conditions leaves the planner no other index.
    package func outdatedSessions(asOf instant: Instant) async throws(PostgresError) -> [SessionDate] {
        try await database.query(
            """
            SELECT DISTINCT f.session FROM (
                SELECT session, instrument FROM features WHERE version || '' = $1 AND known_at <= $3 AND known_at > coalesce((
                    SELECT known_at FROM cross_section_instants WHERE exchange = $2 AND version = $1 AND known_at < $3 AND is_complete
                    ORDER BY known_at DESC LIMIT 1
                ), '-infinity') OFFSET 0
            ) f JOIN instruments i ON i.number = f.instrument WHERE i.exchange = $2 ORDER BY 1
            """, [features.version, exchange, instant]
        ).all { row throws(PostgresError) in try row[0] }
    }

    /// One instrument's input to the cross-section of a session.
    package struct Input: Sendable {
        package let instrument: String
        /// The extras of the instrument's feature row.
        package let extras: [Double]
    }

    /// The inputs of a range of sessions as recorded at an instant, by session; read by COPY.
    package func inputs(
        from: SessionDate, through: SessionDate, asOf instant: Instant
    ) async throws(PostgresError) -> [SessionDate: [Input]] {
        try await database.copyOut(
            """
            SELECT DISTINCT ON (f.session, f.instrument) f.session, i.id, f.extras
            FROM features f JOIN instruments i ON i.number = f.instrument
            WHERE f.version = $1 AND i.exchange = $2 AND f.session >= $3 AND f.session <= $4 AND f.known_at <= $5
            ORDER BY f.session, f.instrument, f.response_id DESC
            """, [features.version, exchange, from, through, instant], into: [SessionDate: [Input]]()
        ) { inputs, row throws(PostgresError) in
            inputs[try row[0], default: []].append(Input(instrument: try row[1], extras: try row[2]))
        }
    }

    /// Records that sessions are computed as known at an instant, and deletes their earlier rows under that instant.
    package func open(_ sessions: [SessionDate], knownAt: Instant) async throws(PostgresError) {
        guard !sessions.isEmpty else { return }
        try await database.execute(
            """
            DELETE FROM cross_features WHERE version = $1 AND session = ANY ($2) AND known_at = $3
                AND instrument IN (SELECT number FROM instruments WHERE exchange = $4)
            """, [features.version, sessions, knownAt, exchange])
        try await database.execute(
            """
            INSERT INTO cross_sections (exchange, version, session, known_at) SELECT $1, $2, s, $4 FROM unnest($3::date[]) s
            ON CONFLICT DO NOTHING
            """, [exchange, features.version, sessions, knownAt])
    }

    /// Stores the rows of an opened session that differ from their version before `knownAt`. Returns the number of rows written.
    package func store(
        _ rows: [(instrument: String, values: [Float])], of session: SessionDate, knownAt: Instant, availableAt: Instant
    ) async throws(PostgresError) -> Int {
        guard !rows.isEmpty else { return 0 }
        return try await database.execute(
            """
            INSERT INTO cross_features (version, session, known_at, available_at, instrument, "values")
            SELECT $1, $2, $3, CASE WHEN p.row IS NULL THEN $7 ELSE $3 END, n.number, n.row
            FROM (
                SELECT i.number, ($5::real[])[(n - 1) * $6 + 1 : n * $6] AS row
                FROM unnest($4::text[]) WITH ORDINALITY u(id, n) JOIN instruments i ON i.id = u.id
            ) n
            LEFT JOIN LATERAL (
                SELECT c."values" AS row FROM cross_features c
                WHERE c.version = $1 AND c.session = $2 AND c.instrument = n.number AND c.known_at < $3 ORDER BY c.known_at DESC LIMIT 1
            ) p ON true
            WHERE p.row IS DISTINCT FROM n.row
            ON CONFLICT DO NOTHING
            """,
            [
                features.version, session, knownAt, rows.map(\.instrument), rows.flatMap(\.values), Int32(features.crossWidth), availableAt,
            ])
    }
}
