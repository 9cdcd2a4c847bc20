package import Postgres

/// Who may call the API. Only hashes are kept.
package struct APIKeys: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Registers a key by the SHA-256 of its text. Only a role that owns the schema may.
    package func register(name: String, sha256: [UInt8]) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO api_keys (sha256, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", [PostgresBytes(sha256), name])
    }

    /// The name of a key that is registered and not revoked.
    package func name(sha256: [UInt8]) async throws(PostgresError) -> String? {
        try await database.query("SELECT name FROM api_keys WHERE sha256 = $1 AND revoked_at IS NULL", [PostgresBytes(sha256)])
            .one { row throws(PostgresError) in try row[0] }
    }

    /// Revokes a key for good. Only a role that owns the schema may.
    package func revoke(sha256: [UInt8]) async throws(PostgresError) {
        try await database.execute(
            "UPDATE api_keys SET revoked_at = now() WHERE sha256 = $1 AND revoked_at IS NULL", [PostgresBytes(sha256)])
    }
}
