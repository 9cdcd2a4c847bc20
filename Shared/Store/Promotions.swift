package import Market
package import Postgres

/// A decision that made a model version the champion.
package struct Promotion: Hashable, Sendable {
    /// The model version's id.
    package let model: String
    package let family: String
    package let decidedAsOf: Instant
    package let reason: String
    /// The evidence of the decision as JSON text, in Postgres' spacing and order.
    package let evidence: String
}

/// The table of promotions: the champion's model version, with the time and the reason. Rows are inserted and never changed.
package struct Promotions: Sendable {
    static let slot = "champion"
    /// The SQL order of promotions (alias p), latest first; the first is in force.
    static let latestFirst = "p.decided_as_of DESC, p.ordinal DESC"

    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Locks decisions about the champion against other tasks until the transaction ends.
    package func lock() async throws(PostgresError) {
        try await database.query("SELECT pg_advisory_xact_lock(hashtextextended('bellwether promotions', 0))")
    }

    /// Makes a model version the champion as of an instant, after earlier decisions of the same instant; returns false if that promotion is
    /// stored already.
    ///
    /// - Parameter evidence: JSON text.
    @discardableResult
    package func promote(_ model: String, asOf: Instant, reason: String, evidence: String = "{}") async throws(PostgresError) -> Bool {
        try await database.execute(
            """
            INSERT INTO promotions (slot, decided_as_of, model, reason, evidence, ordinal)
            SELECT $1, $2, \(ModelRegistry.number("$3")), $4, $5::text::jsonb, coalesce(max(ordinal) + 1, 0)
            FROM promotions WHERE slot = $1 AND decided_as_of = $2
            HAVING coalesce(bool_and(model <> \(ModelRegistry.number("$3"))), true) ON CONFLICT DO NOTHING
            """, [Self.slot, asOf, model, reason, evidence]) > 0
    }

    /// Makes a model version the champion by an operator's decision; returns false if the version is the champion already.
    ///
    /// A manual promotion of an instant comes after the automatic ones, and may be repeated after another one.
    @discardableResult
    package func promoteManually(_ model: String, asOf: Instant, reason: String, evidence: String = "{}") async throws -> Bool {
        try await database.transaction {
            try await lock()
            guard try await champion(asOf: asOf)?.id != model else { return false }
            return try await database.execute(
                """
                INSERT INTO promotions (slot, decided_as_of, model, reason, evidence, ordinal)
                SELECT $1, $2, \(ModelRegistry.number("$3")), $4, $5::text::jsonb, coalesce(max(ordinal), 0) + 1
                FROM promotions WHERE slot = $1 AND decided_as_of = $2
                """, [Self.slot, asOf, model, reason, evidence]) > 0
        }
    }

    /// The champion as of an instant; nil before the first promotion.
    package func champion(asOf: Instant) async throws(PostgresError) -> ModelVersion? {
        try await database.query(
            """
            SELECT \(ModelVersion.columns) FROM promotions p JOIN models m ON m.number = p.model \(ModelVersion.joins)
            WHERE p.slot = $1 AND p.decided_as_of <= $2 ORDER BY \(Self.latestFirst) LIMIT 1
            """, [Self.slot, asOf]
        ).one(ModelVersion.init)
    }

    /// Every promotion up to an instant, latest first.
    package func history(asOf: Instant) async throws(PostgresError) -> [Promotion] {
        try await database.query(
            """
            SELECT m.id AS model_id, n.name AS family, p.decided_as_of, p.reason, p.evidence
            FROM promotions p JOIN models m ON m.number = p.model \(ModelVersion.joins)
            WHERE p.slot = $1 AND p.decided_as_of <= $2 ORDER BY \(Self.latestFirst)
            """, [Self.slot, asOf]
        ).all { row throws(PostgresError) in
            Promotion(
                model: try row["model_id"], family: try row["family"], decidedAsOf: try row["decided_as_of"], reason: try row["reason"],
                evidence: try row["evidence"])
        }
    }
}
