package import Postgres

/// The database schema that this code needs.
package enum Schema {
    /// The number of the last migration.
    package static let version = 8
    /// The file name of the last migration.
    package static let lastMigration = "0008_roles.sql"

    /// Rejects connections to a database whose schema is older or of another kind: `Database(settings, check: Schema.check)`.
    ///
    /// The check runs once per connection, so that a function starts without the database.
    package static let check = ConnectionCheck(
        "SELECT coalesce(max(number), 0), max(name) FILTER (WHERE number = \(version)) FROM schema_migrations"
    ) { result throws(PostgresError) in
        let (found, name): (Int, String?)
        switch result {
        case .success(let rows): (found, name) = (try rows[0][0], try rows[0][1])
        case .failure(let error) where .undefinedTable ~= error.sqlState: (found, name) = (0, nil)
        case .failure(let error): throw error
        }
        guard found >= version else {
            throw PostgresError(
                .rejected, "the database's schema is at migration \(found) and this code needs \(version): invoke Migrate first")
        }
        guard name == lastMigration else { throw PostgresError(.rejected, unreleased(name ?? "")) }
    }

    /// The error for a database whose migrations are not those of any release.
    static func unreleased(_ migration: String) -> String {
        "the database was made by an unreleased version of this project (its migrations include \(migration)): remove the state folder of "
            + "`bellwether up` (.bellwether by default), or use an empty database"
    }
}
