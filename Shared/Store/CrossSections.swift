package import Market
package import Postgres

/// The cross-sectional features of one exchange's sessions, and which of them have to be made.
package struct CrossSections: Sendable {
    private let features: FeatureStore
    private let exchange: String
    private var database: Database { features.database }

    package init(_ features: FeatureStore, exchange: String) {
        self.features = features
        self.exchange = exchange
    }

    /// Keeps everyone else from making this exchange's cross-sections until the transaction ends.
    package func lock() async throws(PostgresError) {
        try await database.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", ["cross-sections " + exchange])
    }

    /// An instant, and those from `first` on as known at which cross-sections were made or begun, in order.
    package func instants(from first: Instant, with instant: Instant) async throws(PostgresError) -> [Instant] {
        let made = try await database.query(
            "SELECT known_at FROM cross_section_instants WHERE exchange = $1 AND version = $2 AND known_at >= $3",
            [exchange, features.version, first]
        ).all { row throws(PostgresError) in try row[0] as Instant }
        return Set(made + [instant]).sorted()
    }

    /// The last instant as known at which cross-sections of any exchange were made; nil when none were.
    package static func latest(in database: Database) async throws(PostgresError) -> Instant? {
        try await database.query("SELECT max(known_at) FROM cross_section_instants").one { row throws(PostgresError) in
            try row[0] as Instant?
        } ?? nil
    }

    /// Says that features of the exchange changed, as known by a response. In the transaction that changes them.
    package func note(_ response: ProviderResponse) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO cross_section_work (exchange, known_at, object_key) VALUES ($1, $2, $3)",
            [exchange, response.knownAt, response.key])
    }

    /// Takes over what was noted up to an instant and the later ones. Returns the instant from which on all have to be made: an earlier
    /// one that was made before something was noted of its time, as when a response comes after its run was cut off, or that was left half
    /// done. Call under `lock`, in its transaction.
    package func takeNotes(upTo instant: Instant) async throws(PostgresError) -> Instant {
        let earlier = try await database.query(
            """
            WITH made AS (SELECT known_at, is_complete FROM cross_section_instants WHERE exchange = $1 AND version = $2),
            noted AS (
                DELETE FROM cross_section_work WHERE exchange = $1 AND known_at <= greatest($3, (SELECT max(known_at) FROM made))
                RETURNING known_at
            )
            SELECT min(known_at) FROM made
            WHERE known_at <= $3 AND (known_at >= (SELECT min(known_at) FROM noted) OR NOT is_complete)
            """, [exchange, features.version, instant]
        ).one { row throws(PostgresError) in try row[0] as Instant? }
        return (earlier ?? nil) ?? instant
    }

    /// Takes away what was made under an instant, so that it can be made anew. Call under `lock`, in its transaction.
    package func begin(_ instant: Instant) async throws(PostgresError) {
        let key: [any PostgresEncodable] = [exchange, features.version, instant]
        try await database.execute(
            """
            DELETE FROM cross_features WHERE version = $2 AND known_at = $3 AND session IN (
                SELECT session FROM cross_sections WHERE exchange = $1 AND version = $2 AND known_at = $3
            ) AND instrument_id IN (SELECT id FROM instruments WHERE exchange = $1)
            """, key)
        try await database.execute("DELETE FROM cross_sections WHERE exchange = $1 AND version = $2 AND known_at = $3", key)
        try await mark(instant, isComplete: false)
    }

    /// Says that all of an instant's are made. Call under `lock`, in its transaction.
    package func finish(_ instant: Instant) async throws(PostgresError) { try await mark(instant, isComplete: true) }

    private func mark(_ instant: Instant, isComplete: Bool) async throws(PostgresError) {
        try await database.execute(
            "DELETE FROM cross_section_instants WHERE exchange = $1 AND version = $2 AND known_at = $3",
            [exchange, features.version, instant])
        try await database.execute(
            "INSERT INTO cross_section_instants (exchange, version, known_at, is_complete) VALUES ($1, $2, $3, $4)",
            [exchange, features.version, instant, isComplete])
    }

    /// The sessions whose features changed since the last instant before this one that is finished.
    package func outdated(asOf instant: Instant) async throws(PostgresError) -> [SessionDate] {
        try await database.query(
            """
            SELECT DISTINCT f.session FROM features f JOIN instruments i ON i.id = f.instrument_id
            WHERE f.version = $1 AND i.exchange = $2 AND f.known_at <= $3 AND f.known_at > coalesce((
                SELECT max(known_at) FROM cross_section_instants WHERE exchange = $2 AND version = $1 AND known_at < $3 AND is_complete
            ), '-infinity') ORDER BY 1
            """, [features.version, exchange, instant]
        ).all { row throws(PostgresError) in try row[0] }
    }

    /// What a cross-section needs of one instrument.
    package struct Input: Sendable {
        package let instrument: String
        /// The feature row's.
        package let extras: [Double]
    }

    /// The inputs of sessions as recorded at an instant, by COPY.
    package func inputs(
        from: SessionDate, through: SessionDate, asOf instant: Instant
    ) async throws(PostgresError) -> [SessionDate: [Input]] {
        try await database.copyOut(
            """
            SELECT DISTINCT ON (f.session, f.instrument_id) f.session, f.instrument_id, f.extras
            FROM features f JOIN instruments i ON i.id = f.instrument_id
            WHERE f.version = $1 AND i.exchange = $2 AND f.session >= $3 AND f.session <= $4 AND f.known_at <= $5
            ORDER BY f.session, f.instrument_id, f.known_at DESC, f.fetched_at DESC, f.sha256 DESC
            """, [features.version, exchange, from, through, instant], into: [SessionDate: [Input]]()
        ) { inputs, row throws(PostgresError) in
            inputs[try row[0], default: []].append(Input(instrument: try row[1], extras: try row[2]))
        }
    }

    /// Says that the cross-sections of sessions are made as known at an instant, and takes away what was made of them under it before.
    package func open(_ sessions: [SessionDate], knownAt: Instant) async throws(PostgresError) {
        guard !sessions.isEmpty else { return }
        try await database.execute(
            """
            DELETE FROM cross_features WHERE version = $1 AND session = ANY ($2) AND known_at = $3
                AND instrument_id IN (SELECT id FROM instruments WHERE exchange = $4)
            """, [features.version, sessions, knownAt, exchange])
        try await database.execute(
            """
            INSERT INTO cross_sections (exchange, version, session, known_at) SELECT $1, $2, s, $4 FROM unnest($3::date[]) s
            ON CONFLICT DO NOTHING
            """, [exchange, features.version, sessions, knownAt])
    }

    /// Stores what of an opened session's cross-section differs from the version before `knownAt`. Returns the number of rows.
    package func keep(
        _ rows: [(instrument: String, values: [Float])], of session: SessionDate, knownAt: Instant, availableAt: Instant
    ) async throws(PostgresError) -> Int {
        guard !rows.isEmpty else { return 0 }
        return try await database.execute(
            """
            INSERT INTO cross_features (version, session, known_at, available_at, instrument_id, "values")
            SELECT $1, $2, $3, CASE WHEN p.row IS NULL THEN $7 ELSE $3 END, n.id, n.row
            FROM (SELECT id, ($5::real[])[(i - 1) * $6 + 1 : i * $6] AS row FROM unnest($4::text[]) WITH ORDINALITY u(id, i)) n
            LEFT JOIN LATERAL (
                SELECT c."values" AS row FROM cross_features c
                WHERE c.version = $1 AND c.session = $2 AND c.instrument_id = n.id AND c.known_at < $3 ORDER BY c.known_at DESC LIMIT 1
            ) p ON true
            WHERE p.row IS DISTINCT FROM n.row
            ON CONFLICT DO NOTHING
            """,
            [
                features.version, session, knownAt, rows.map(\.instrument), rows.flatMap(\.values), Int32(features.crossWidth), availableAt,
            ])
    }
}
