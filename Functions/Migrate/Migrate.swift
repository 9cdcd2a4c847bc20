import AWS
import Formats
import HTTP
package import LambdaRuntime
import Logging
import Postgres
import Store

/// Migrates the database schema to the version of this bundle, and registers and revokes API keys. Only this function may change the
/// schema.
package struct Migrate: Function {
    package struct Event: Decodable, Sendable {
        struct Key: Decodable, Sendable {
            let name: String
            /// SHA-256 of the key's text, in hexadecimal. The key itself is not sent.
            let sha256: String
        }

        let apiKey: Key?
        /// SHA-256 of a key to revoke.
        let revokedKey: String?

        private enum CodingKeys: String, CodingKey { case apiKey = "api_key", revokedKey = "revoked_key" }
    }

    package struct Output: Encodable, Sendable {
        let version: Int
        let applied: [String]
    }

    enum Failure: Error, Sendable, CustomStringConvertible {
        case invalidHash

        var description: String { "an API key is given by the SHA-256 of its text, 64 hexadecimal digits" }
    }

    let database: Database
    let migrations: Migrations

    package init(_ environment: [String: String]) async throws {
        let authorities = CertificateFile.find(environment)
        let password = try await DatabasePassword.find(environment, HTTPClient(caFile: authorities))
        database = Database(try .fromEnvironment(environment, password: password, authorities: authorities))
        migrations = try Migrations(environment: environment)
    }

    package func handle(_ event: Event, _ context: Context) async throws -> Output {
        try await database.withDeadline(context.cutOff.instant) {
            let applied = try await migrations.apply(to: database)
            if let key = event.apiKey { try await APIKeys(database).register(name: key.name, sha256: try Self.hash(key.sha256)) }
            if let key = event.revokedKey { try await APIKeys(database).revoke(sha256: try Self.hash(key)) }
            context.logger.info("Migrated the schema", metadata: ["applied": "\(applied)"])
            return Output(version: migrations.files.count, applied: applied)
        }
    }

    private static func hash(_ text: String) throws(Failure) -> [UInt8] {
        guard let hash = Hexadecimal.bytes(text), hash.count == 32 else { throw .invalidHash }
        return hash
    }
}
