package import Postgres
import Store
import Synchronization

private let counter = Mutex(0)

package var migrationsFolder: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/Shared/Store/Migrations"
}

/// A new database of the shared cluster, empty.
package func emptyDatabase() async throws -> (database: Database, name: String) {
    let name = "test_\(counter.withLock { $0 += 1; return $0 })"
    try await database(named: "postgres").execute("CREATE DATABASE \(name)")
    return (try database(named: name), name)
}

/// A new database of the shared cluster with our tables.
package func freshDatabase() async throws -> Database {
    let (database, _) = try await emptyDatabase()
    _ = try await Migrations(folder: migrationsFolder).apply(to: database)
    return database
}

package func database(named name: String, check: ConnectionCheck? = nil) throws -> Database {
    var settings = try DatabaseSettings(PostgresCluster.shared.url(name), password: PostgresCluster.shared.password)
    settings.timeout = .seconds(20)
    return Database(settings, check: check)
}
