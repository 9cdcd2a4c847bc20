package import Postgres

/// The archived objects that cannot be projected: damaged or missing ones, objects with values that no table accepts, and keys that are
/// none of the archive.
///
/// An object's row stays when the object is projected later; all reads leave it out then.
package struct QuarantinedObjects: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    package struct Entry: Hashable, Sendable {
        package let key: String
        /// The id of the instrument in the key; nil for a key without one.
        package let instrument: String?
        package let reason: String
    }

    /// Records why an object cannot be projected. The reason of an earlier failure stays.
    package func insert(_ key: String, instrument: String?, reason: String) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO quarantined_objects (object_key, key_instrument, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [key.storable, instrument?.storable, reason.storable])
    }

    /// The reason why an object is not projected; nil if it is projected or has not failed.
    package func reason(of key: String) async throws(PostgresError) -> String? {
        try await database.query("SELECT reason FROM (\(Self.open)) x WHERE object_key = $1", [key]).one { row throws(PostgresError) in
            try row[0]
        }
    }

    /// The objects about instruments (nil: all objects), ordered by key.
    package func list(of instruments: [String]? = nil, limit: Int) async throws(PostgresError) -> [Entry] {
        try await database.query(
            """
            SELECT object_key, key_instrument, reason FROM (\(Self.open)) x
            WHERE $1::text[] IS NULL OR key_instrument = ANY ($1) ORDER BY object_key LIMIT $2
            """, [instruments, limit]
        ).all { row throws(PostgresError) in Entry(key: try row[0], instrument: try row[1], reason: try row[2]) }
    }

    private static let open =
        "SELECT * FROM quarantined_objects q WHERE NOT EXISTS (SELECT FROM provider_responses o WHERE o.object_key = q.object_key)"
}

extension String {
    /// The text with a visible sign in place of each NUL, which Postgres cannot store.
    package var storable: String {
        utf8.contains(0) ? String(decoding: utf8.flatMap { $0 == 0 ? Array("␀".utf8) : [$0] }, as: UTF8.self) : self
    }

    /// Whether Postgres can store the text.
    package var isStorable: Bool { !utf8.contains(0) }
}
