package import Postgres

/// Computes one hash per table, to compare two databases.
///
/// Numbers that a database gives to its rows depend on the order of arrival and are not hashed. A column that refers to such a number is
/// hashed as the natural key of the row to which it refers.
package enum TableHash {
    /// The columns that are filled from the wall clock or in the order of arrival. They differ between two replays of the same events, so they
    /// are not hashed.
    package static let unhashedColumns: Set<String> = [
        "fetched_at", "recorded_at", "registered_at", "created_at", "revoked_at", "applied_at", "tokens", "refilled_at", "quota_day",
        "quota_used",
        "leases", "blocked_until", "blocked_reason", "models.version",
    ]

    /// The tables of pending work and of failures, which depend on the moment and are not hashed.
    package static let workTables: Set<String> = ["pending_cross_sections", "quarantined_objects"]

    /// For each column that refers to a numbered row: an SQL expression for the row's natural key, of a row with the alias t.
    package static let naturalKeys: [String: String] = [
        "instrument": "(SELECT id FROM instruments WHERE number = t.instrument)",
        "family": "(SELECT name FROM model_families WHERE number = t.family)",
        "owner": "(SELECT id FROM owners WHERE number = t.owner)",
        "model": "(SELECT id FROM models WHERE number = t.model)",
        "run": "(SELECT id FROM runs WHERE number = t.run)",
        "response_id": "(SELECT object_key FROM provider_responses WHERE id = t.response_id)",
        "baseline_id": """
        (SELECT ROW(i.id, b.session, b.horizon, m.id, b.data_version)::text FROM baselines b
            JOIN instruments i ON i.number = b.instrument JOIN models m ON m.number = b.model WHERE b.id = t.baseline_id)
        """,
        "forecast_id": """
        (SELECT ROW(i.id, f.session, f.horizon, m.id, f.data_version)::text FROM forecasts f
            JOIN instruments i ON i.number = f.instrument JOIN models m ON m.number = f.model WHERE f.id = t.forecast_id)
        """,
    ]

    /// SHA-256 over the ordered rows of each table, in hexadecimal, by table name.
    package static func all(in database: Database) async throws -> [String: String] {
        try await database.transaction(.repeatableRead) {
            try await database.query("SELECT set_config('TimeZone', 'UTC', true), set_config('extra_float_digits', '1', true)")
            let tables = try await database.query(
                """
                SELECT table_name::text, array_agg(column_name::text ORDER BY column_name::text COLLATE "C") FILTER (
                    WHERE is_identity = 'NO' AND column_name <> ALL ($1) AND table_name || '.' || column_name <> ALL ($1))
                FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL ($2) GROUP BY 1
                """, [Array(unhashedColumns), Array(workTables)]
            ).all { row throws(PostgresError) in (name: try row[0] as String, columns: try row[1] as [String]) }
            var hashes: [String: String] = [:]
            for table in tables {
                let row = table.columns.map { naturalKeys[$0] ?? "t.\"\($0)\"" }.joined(separator: ", ")
                hashes[table.name] = try await database.query(
                    """
                    SELECT encode(sha256(convert_to(coalesce(string_agg(hash, '' ORDER BY hash COLLATE "C"), ''), 'UTF8')), 'hex')
                    FROM (SELECT encode(sha256(convert_to(ROW(\(row))::text, 'UTF8')), 'hex') AS hash FROM "\(table.name)" t) rows
                    """)[0][0]
            }
            return hashes
        }
    }
}
