package import Postgres

/// The schema that this code was written for.
package enum Schema {
    /// The number of the last migration.
    package static let version = 13

    /// Refuses connections to a database whose schema is older: `Database(settings, check: Schema.check)`.
    /// Asked once for each connection, so that an environment's start needs no database.
    package static let check = ConnectionCheck("SELECT coalesce(max(number), 0) FROM schema_migrations") { answer throws(PostgresError) in
        let found: Int
        switch answer {
        case .success(let rows): found = try rows[0][0]
        case .failure(let error) where .undefinedTable ~= error.sqlState: found = 0
        case .failure(let error): throw error
        }
        guard found >= version else {
            throw PostgresError(
                .refused, "the database's schema is at migration \(found) and this code needs \(version): invoke Migrate first")
        }
    }
}
