package import Market
package import Postgres

/// Which model stands in which slot, since when and why. Append-only.
package struct Promotions: Sendable {
    /// A place that a model can be promoted to. Others than the named ones survive.
    package struct Slot: Hashable, Sendable, RawRepresentable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
        package static let champion = Slot(rawValue: "champion"), challenger = Slot(rawValue: "challenger"),
            baseline = Slot(rawValue: "baseline")
    }

    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Promotes a model as of an instant. `evidence` is JSON text. Saying it again changes nothing.
    package func promote(
        _ model: String, to slot: Slot, asOf: Instant, reason: String, evidence: String = "{}"
    ) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO promotions (slot, decided_as_of, model_id, reason, evidence) VALUES ($1, $2, $3, $4, $5::text::jsonb) ON CONFLICT DO NOTHING",
            [slot.rawValue, asOf, model, reason, evidence])
    }

    /// The model in a slot as of an instant.
    package func holder(of slot: Slot, asOf: Instant) async throws(PostgresError) -> Model? {
        try await database.query(
            """
            SELECT \(Model.columns) FROM promotions p JOIN models m ON m.id = p.model_id
            WHERE slot = $1 AND decided_as_of <= $2 ORDER BY decided_as_of DESC, model_id DESC LIMIT 1
            """, [slot.rawValue, asOf]
        ).one(Model.init)
    }

    package func champion(asOf: Instant) async throws(PostgresError) -> Model? { try await holder(of: .champion, asOf: asOf) }

    /// The models in all slots as of an instant.
    package func holders(asOf: Instant) async throws(PostgresError) -> [Slot: Model] {
        let rows = try await database.query(
            """
            SELECT \(Model.columns), p.slot FROM (
                SELECT DISTINCT ON (slot) * FROM promotions WHERE decided_as_of <= $1 ORDER BY slot, decided_as_of DESC, model_id DESC
            ) p JOIN models m ON m.id = p.model_id
            """, [asOf])
        let pairs = try rows.all { row throws(PostgresError) in (Slot(rawValue: try row[13]), try Model(row)) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}
