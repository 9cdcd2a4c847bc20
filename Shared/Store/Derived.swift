package import Market
package import Postgres

/// What follows from the raw answers alone and can be thrown away.
package struct Derived: Sendable {
    private static let tables = [
        "raw_objects", "bars", "provisional_bars", "corporate_actions", "quarantine", "features", "feature_states", "cross_features",
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

    /// The cross-sections that were made under one instant.
    package struct Made: Hashable, Sendable {
        package let exchange: String
        package let knownAt: Instant
        /// In order.
        package let sessions: [SessionDate]
    }

    /// All that were made after an instant, in the order of their making.
    package func crossSections(after instant: Instant?, version: String) async throws(PostgresError) -> [Made] {
        try await database.query(
            """
            SELECT exchange, known_at, array_agg(session ORDER BY session) FROM cross_sections
            WHERE version = $2 AND known_at > coalesce($1, '-infinity') GROUP BY exchange, known_at ORDER BY known_at, exchange
            """, [instant, version]
        ).all { row throws(PostgresError) in Made(exchange: try row[0], knownAt: try row[1], sessions: try row[2]) }
    }
}
