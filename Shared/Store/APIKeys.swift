package import Market
package import Postgres

/// An API key's owner, name, rights and end. The key itself is not stored, only its SHA-256 hash.
package struct APIKey: Hashable, Sendable {
    /// What the holder of a key may do.
    package enum Scope: String, Hashable, Sendable, CaseIterable, Codable { case read, write, admin }

    /// The owner of keys that are registered without one.
    package static let defaultOwner = "operator"

    /// The owner's id.
    package let owner: String
    package let name: String
    package let scopes: Set<Scope>
    /// The time from which the key is refused; nil for no end.
    package let expiresAt: Instant?

    package init(owner: String = defaultOwner, name: String, scopes: Set<Scope> = [.read], expiresAt: Instant? = nil) {
        self.owner = owner
        self.name = name
        self.scopes = scopes
        self.expiresAt = expiresAt
    }
}

/// The keys that may call the API. Changes need the role that owns the schema, and are logged.
package struct APIKeys: Sendable {
    /// A key that is not registered.
    package struct UnknownKey: Error, Hashable, Sendable, CustomStringConvertible {
        package let sha256: String
        package var description: String { "no API key with the SHA-256 \(sha256) is registered" }
    }

    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Registers a key by its hash, and its owner if the owner is new. Returns false, without a change, if the key is registered already.
    ///
    /// - Parameter sha256: 64 hexadecimal digits.
    @discardableResult
    package func register(_ key: APIKey, sha256: String) async throws -> Bool {
        try await database.transaction {
            try await database.execute(
                "INSERT INTO owners (id) SELECT $1 WHERE NOT EXISTS (SELECT FROM owners WHERE id = $1) ON CONFLICT DO NOTHING", [key.owner])
            let scopes = key.scopes.map(\.rawValue).sorted()
            let isNew =
                try await database.execute(
                    """
                    INSERT INTO api_keys (sha256, owner, name, scopes, expires_at)
                    SELECT decode($1, 'hex'), number, $3, $4, $5 FROM owners WHERE id = $2 ON CONFLICT DO NOTHING
                    """, [sha256, key.owner, key.name, scopes, key.expiresAt]) > 0
            if isNew { try await AuditLog(database).append(AuditEntry(.registerKey, subject: sha256, time: nil)) }
            return isNew
        }
    }

    /// A registered key that is neither revoked nor expired by the database's clock.
    package func find(sha256: String) async throws(PostgresError) -> APIKey? {
        try await database.query(
            """
            SELECT o.id, k.name, k.scopes, k.expires_at FROM api_keys k JOIN owners o ON o.number = k.owner
            WHERE k.sha256 = decode($1, 'hex') AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
            """, [sha256]
        ).one { row throws(PostgresError) in
            APIKey(
                owner: try row[0], name: try row[1], scopes: Set((try row[2] as [String]).compactMap { APIKey.Scope(rawValue: $0) }),
                expiresAt: try row[3])
        }
    }

    /// Revokes a key permanently. A key that is revoked already stays as it is.
    ///
    /// - Throws: `UnknownKey`, `PostgresError`.
    package func revoke(sha256: String) async throws {
        try await database.transaction {
            let revoked = try await database.execute(
                "UPDATE api_keys SET revoked_at = now() WHERE sha256 = decode($1, 'hex') AND revoked_at IS NULL", [sha256])
            guard revoked == 0 else {
                return try await AuditLog(database).append(AuditEntry(.revokeKey, subject: sha256, time: nil))
            }
            let known = try await database.query("SELECT FROM api_keys WHERE sha256 = decode($1, 'hex')", [sha256]).count > 0
            guard known else { throw UnknownKey(sha256: sha256) }
        }
    }
}
