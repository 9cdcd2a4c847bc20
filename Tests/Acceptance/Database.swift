import Foundation
import Postgres
import Store
import Testing

@testable import Emulator

extension Deployment {
    /// The database as its owner sees it.
    func database() throws -> Database {
        let server = try #require(ServerRecord.read("\(folder)/postgres"))
        let password = try secrets().postgresPasswords[PostgresRole.owner.rawValue]
        let url = "postgres://\(PostgresRole.owner.rawValue)@127.0.0.1:\(server.port)/\(PostgresServer.database)?sslmode=disable"
        return Database(try DatabaseSettings(url, password: password))
    }

    /// One hash for each table, without the columns of real time.
    func hashes() async throws -> [String: String] { try await TableHash.all(in: try database()) }

    func count(_ sql: String) async throws -> Int {
        let rows = try await database().query(sql)
        return try #require(try rows.one { row throws(PostgresError) in try row[0] as Int })
    }
}
