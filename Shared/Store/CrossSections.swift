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

    /// The sessions with features as of an instant that came after their cross-section was last made before that instant, or whose
    /// cross-section never was. A run that is ended again finds the same sessions.
    package func outdated(through last: SessionDate, asOf instant: Instant) async throws(PostgresError) -> [SessionDate] {
        try await database.query(
            """
            SELECT f.session FROM features f JOIN instruments i ON i.id = f.instrument_id
            LEFT JOIN (
                SELECT session, max(known_at) AS made FROM cross_sections WHERE exchange = $2 AND version = $1 AND known_at < $3 GROUP BY session
            ) c USING (session)
            WHERE f.version = $1 AND i.exchange = $2 AND f.known_at <= $3 AND f.session <= $4
            GROUP BY f.session, c.made HAVING c.made IS NULL OR max(f.known_at) > c.made ORDER BY f.session
            """, [features.version, exchange, instant, last]
        ).all { row throws(PostgresError) in try row[0] }
    }

    /// Stores what of a session's cross-section differs from the version before `knownAt`, and that it was made. One made before under the
    /// same instant gives way, because an answer of that instant came late. Returns the number of rows.
    package func keep(
        _ rows: [(instrument: String, values: [Float])], of session: SessionDate, knownAt: Instant, availableAt: Instant
    ) async throws -> Int {
        let (names, values) = (rows.map(\.instrument), rows.flatMap(\.values))
        let (features, exchange) = (features, exchange)
        return try await database.transaction {
            try await features.database.execute(
                """
                DELETE FROM cross_features WHERE version = $1 AND session = $2 AND known_at = $3
                    AND instrument_id IN (SELECT id FROM instruments WHERE exchange = $4)
                """, [features.version, session, knownAt, exchange])
            try await features.database.execute(
                "INSERT INTO cross_sections (exchange, version, session, known_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                [exchange, features.version, session, knownAt])
            return try await features.database.execute(
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
                """, [features.version, session, knownAt, names, values, Int32(features.crossWidth), availableAt])
        }
    }
}
