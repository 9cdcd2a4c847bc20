package import Postgres

/// Computes one hash per table, to compare two databases.
package enum TableHash {
    /// The columns that are filled from the wall clock. They differ between two replays of the same events, so they are not hashed.
    package static let wallClockColumns: Set<String> = [
        "fetched_at", "registered_at", "created_at", "revoked_at", "applied_at", "tokens", "refilled_at", "quota_day", "quota_used",
        "leases",
        "blocked_until", "blocked_reason",
    ]

    /// The tables of pending work, which depend on the moment and are not hashed.
    package static let workTables: Set<String> = ["pending_cross_sections"]

    /// SHA-256 over the ordered rows of each table, in hexadecimal, by table name.
    package static func all(in database: Database) async throws -> [String: String] {
        try await database.transaction(.repeatableRead) {
            try await database.query("SELECT set_config('TimeZone', 'UTC', true), set_config('extra_float_digits', '1', true)")
            let tables = try await database.query(
                """
                SELECT table_name::text, array_agg(column_name::text ORDER BY column_name::text COLLATE "C")
                    FILTER (WHERE column_name <> ALL ($1))
                FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL ($2) GROUP BY 1
                """, [Array(wallClockColumns), Array(workTables)]
            ).all { row throws(PostgresError) in (name: try row[0] as String, columns: try row[1] as [String]) }
            var hashes: [String: String] = [:]
            for table in tables {
                let row = table.columns.map { "\"\($0)\"" }.joined(separator: ", ")
                hashes[table.name] = try await database.query(
                    """
                    SELECT encode(sha256(convert_to(coalesce(string_agg(hash, '' ORDER BY hash COLLATE "C"), ''), 'UTF8')), 'hex')
                    FROM (SELECT encode(sha256(convert_to(ROW(\(row))::text, 'UTF8')), 'hex') AS hash FROM "\(table.name)") t
                    """)[0][0]
            }
            return hashes
        }
    }
}
