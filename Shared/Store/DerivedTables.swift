package import Market
package import Postgres

/// The tables that are projected from providers' responses, and can be emptied and projected again.
package struct DerivedTables: Sendable {
    private static let tables = [
        "bars", "provisional_bars", "corporate_actions", "quarantine", "features", "feature_states", "cross_features",
        "pending_cross_sections", "provider_responses",
    ]

    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Empties all derived tables in one transaction. The instants of past cross-sections stay, so that they can be computed again.
    package func clear() async throws {
        try await database.transaction {
            // Waits for running projections and blocks new ones: rows of an overlapping projection would never be removed.
            try await database.execute("LOCK TABLE provider_responses IN SHARE ROW EXCLUSIVE MODE")
            for table in Self.tables { try await database.execute("DELETE FROM \(table)") }
        }
    }

    /// The first instant at which each exchange's cross-sections were computed, ordered by exchange.
    package func firstCrossSections(version: String) async throws(PostgresError) -> [(exchange: String, knownAt: Instant)] {
        try await database.query(
            "SELECT exchange, min(known_at) FROM cross_section_instants WHERE version = $1 GROUP BY exchange ORDER BY exchange", [version]
        ).all { row throws(PostgresError) in (try row[0], try row[1]) }
    }
}
