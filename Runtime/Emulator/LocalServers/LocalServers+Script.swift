extension LocalServers {
    /// Runs a script of `psql` on the database of a state folder whose servers run, as the owner of its tables.
    package static func run(_ script: String, inFolder folder: String) async throws(LocalServerError) {
        let place = "\(folder)/postgres"
        guard let record = ServerRecord.living(place) else {
            throw LocalServerError("PostgreSQL does not run in \(place): start it with `bellwether up`")
        }
        let server = PostgresServer(
            folder: place, passwords: try LocalSecrets.inFolder(folder).postgresPasswords, durability: .fast, port: record.port)
        try await server.run(script, as: .owner, database: PostgresServer.database)
    }
}
