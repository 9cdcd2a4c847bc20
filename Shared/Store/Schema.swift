package import Postgres

/// The database schema that this code needs.
package enum Schema {
    /// The number of the last migration.
    package static let version = 15

    /// Rejects connections to a database whose schema is older: `Database(settings, check: Schema.check)`.
    ///
    /// The check runs once per connection, so that a function starts without the database.
    package static let check = ConnectionCheck("SELECT coalesce(max(number), 0) FROM schema_migrations") { result throws(PostgresError) in
        let found: Int
        switch result {
        case .success(let rows): found = try rows[0][0]
        case .failure(let error) where .undefinedTable ~= error.sqlState: found = 0
        case .failure(let error): throw error
        }
        guard found >= version else {
            throw PostgresError(
                .rejected, "the database's schema is at migration \(found) and this code needs \(version): invoke Migrate first")
        }
    }
}
