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
        case invalidHash, invalidName, endedKey

        var description: String {
            switch self {
            case .invalidHash: "an API key is given by the SHA-256 of its text, 64 hexadecimal digits"
            case .invalidName: "a key's name has 1 to 200 bytes and no control characters"
            case .endedKey: "this key was revoked or has expired, and stays refused: make a new key"
            }
        }
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
                let hash = try Self.hash(key.sha256)
                guard (1...200).contains(key.name.utf8.count), key.name.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
                else {
                    throw Failure.invalidName
                }
                let keys = APIKeys(database)
                if try await !keys.register(registered, sha256: hash), try await keys.find(sha256: hash) == nil { throw Failure.endedKey }
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
