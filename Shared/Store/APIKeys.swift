package import Postgres

/// The keys that may call the API. Only their SHA-256 hashes are stored.
package struct APIKeys: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Registers a key by its hash. Needs the role that owns the schema.
    package func register(name: String, sha256: [UInt8]) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO api_keys (sha256, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", [PostgresBytes(sha256), name])
    }

    /// The name of a key; nil if the key is unknown or revoked.
    package func name(sha256: [UInt8]) async throws(PostgresError) -> String? {
        try await database.query("SELECT name FROM api_keys WHERE sha256 = $1 AND revoked_at IS NULL", [PostgresBytes(sha256)])
            .one { row throws(PostgresError) in try row[0] }
    }

    /// Revokes a key permanently. Needs the role that owns the schema.
    package func revoke(sha256: [UInt8]) async throws(PostgresError) {
        try await database.execute(
            "UPDATE api_keys SET revoked_at = now() WHERE sha256 = $1 AND revoked_at IS NULL", [PostgresBytes(sha256)])
    }
}
