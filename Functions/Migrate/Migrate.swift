import Clients
import Formats
import FoundationEssentials
package import LambdaRuntime
import Logging
import Market
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
            /// The id of the key's owner, who is registered if new; nil = `operator`.
            let owner: String?
            /// What the key's holder may do; nil = read.
            let scopes: Set<APIKey.Scope>?
            /// The time from which the key is refused; nil for no end.
            let expiresAt: Instant?

            private enum CodingKeys: String, CodingKey { case name, sha256, owner, scopes, expiresAt = "expires_at" }
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
        database = try await FunctionClients(environment, check: nil).database
        migrations = try Migrations(environment: environment)
    }

    package func handle(_ event: Event, _ context: Context) async throws -> Output {
        try await database.withDeadline(context.cutOff.instant) {
            let applied = try await migrations.apply(to: database)
            if let key = event.apiKey {
                let registered = APIKey(
                    owner: key.owner ?? APIKey.defaultOwner, name: key.name, scopes: key.scopes ?? [.read], expiresAt: key.expiresAt)
                try await APIKeys(database).register(registered, sha256: try Self.hash(key.sha256))
            }
            if let key = event.revokedKey { try await APIKeys(database).revoke(sha256: try Self.hash(key)) }
            context.logger.info("Migrated the schema", metadata: ["applied": "\(applied)"])
            return Output(version: migrations.files.count, applied: applied)
        }
    }

    /// A valid hash, in lower case.
    private static func hash(_ text: String) throws(Failure) -> String {
        guard Hexadecimal.bytes(text)?.count == 32 else { throw .invalidHash }
        return text.lowercased()
    }
}
