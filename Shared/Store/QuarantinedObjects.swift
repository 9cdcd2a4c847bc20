package import Postgres

/// The archived objects that cannot be projected: damaged or missing ones, objects with values that no table accepts, and keys that are
/// none of the archive.
///
/// An object's row stays when the object is projected later; all reads leave it out then. An object that was projected and can no longer be
/// read is listed until a rebuild reads it again.
package struct QuarantinedObjects: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    package struct Entry: Hashable, Sendable {
        package let key: String
        /// The id of the instrument in the key; nil for a key without one.
        package let instrument: String?
        package let reason: String
        /// Whether the object was projected before, and the rows of its instrument stay as they are.
        package let rowsStay: Bool
    }

    /// Records why an object cannot be projected, in place of an earlier reason.
    package func insert(_ key: String, instrument: String?, reason: String, rowsStay: Bool = false) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO quarantined_objects (object_key, key_instrument, reason, rows_stay) VALUES ($1, $2, $3, $4)
            ON CONFLICT (object_key) DO UPDATE SET reason = excluded.reason, rows_stay = excluded.rows_stay
            """, [key.storable, instrument?.storable, reason.storable, rowsStay])
    }

    /// Records that objects can be read, so that those that were projected are no longer listed.
    package func setReadable(_ keys: [String]) async throws(PostgresError) {
        try await database.execute("UPDATE quarantined_objects SET rows_stay = false WHERE rows_stay AND object_key = ANY ($1)", [keys])
    }

    /// The reason why an object is not projected; nil if it is projected or has not failed.
    package func reason(of key: String) async throws(PostgresError) -> String? {
        try await database.query("SELECT reason FROM quarantined_objects q WHERE object_key = $1 AND \(Self.isOpen)", [key]).one {
            row throws(PostgresError) in
            try row[0]
        }
    }

    /// The objects about instruments (nil: all objects) that are not projected or can no longer be read, ordered by key.
    package func list(of instruments: [String]? = nil, limit: Int) async throws(PostgresError) -> [Entry] {
        try await database.query(
            """
            SELECT object_key, key_instrument, reason, rows_stay FROM quarantined_objects q
            WHERE ($1::text[] IS NULL OR key_instrument = ANY ($1)) AND (rows_stay OR \(Self.isOpen)) ORDER BY object_key LIMIT $2
            """, [instruments, limit]
        ).all { row throws(PostgresError) in
            Entry(key: try row[0], instrument: try row[1], reason: try row[2], rowsStay: try row[3])
        }
    }

    /// A condition on `quarantined_objects q`: the object is not projected.
    private static let isOpen = "NOT EXISTS (SELECT FROM provider_responses o WHERE o.object_key = q.object_key)"
}

extension String {
    /// The text with a visible sign in place of each NUL, which Postgres cannot store.
    package var storable: String {
        utf8.contains(0) ? String(decoding: utf8.flatMap { $0 == 0 ? Array("␀".utf8) : [$0] }, as: UTF8.self) : self
    }

    /// Whether Postgres can store the text.
    package var isStorable: Bool { !utf8.contains(0) }
}
