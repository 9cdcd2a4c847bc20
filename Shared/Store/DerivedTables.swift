package import Market
package import Postgres

/// What follows from the raw responses alone and can be thrown away.
package struct DerivedTables: Sendable {
    private static let tables = [
        "raw_objects", "bars", "provisional_bars", "corporate_actions", "quarantine", "features", "feature_states", "cross_features",
        "cross_section_work",
    ]

    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Takes all of it away, at once. Which cross-sections were made, and when, stays, so that they can be made again.
    package func clear() async throws {
        try await database.transaction {
            // A fold that is under way ends first, and none begins before this is over: half of one would stay for good.
            try await database.execute("LOCK TABLE raw_objects IN SHARE ROW EXCLUSIVE MODE")
            for table in Self.tables { try await database.execute("DELETE FROM \(table)") }
        }
    }

    /// The first instant at which each exchange's cross-sections were made, by exchange.
    package func crossSections(version: String) async throws(PostgresError) -> [(exchange: String, knownAt: Instant)] {
        try await database.query(
            "SELECT exchange, min(known_at) FROM cross_section_instants WHERE version = $1 GROUP BY exchange ORDER BY exchange", [version]
        ).all { row throws(PostgresError) in (try row[0], try row[1]) }
    }
}
