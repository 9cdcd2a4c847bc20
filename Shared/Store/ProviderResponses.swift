package import Market
package import Postgres

/// The responses that have been projected into the tables, and the lock and rollback that keep their order.
package struct ProviderResponses: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// The rows that a response added: bars and actions, and the rows of the response that are quarantined.
    package struct Counts: Hashable, Sendable {
        package let bars, actions, quarantined: Int

        package init(bars: Int, actions: Int, quarantined: Int) {
            self.bars = bars
            self.actions = actions
            self.quarantined = quarantined
        }
    }

    /// Locks the projection of an instrument's responses until the transaction ends.
    package func lock(_ instrument: String) async throws(PostgresError) {
        try await database.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", ["instrument " + instrument])
    }

    /// Records the rows that a response has added.
    package func record(_ response: ProviderResponse, _ counts: Counts) async throws(PostgresError) {
        let own = try await reference(to: response)
        try await database.execute(
            "UPDATE provider_responses SET (bars, actions, quarantined) = ($2, $3, $4) WHERE id = $1",
            [own.id, counts.bars, counts.actions, counts.quarantined])
    }

    /// The numbers by which rows refer to a response and to its instrument. The ids of an instrument's responses ascend in their order.
    struct Reference: Sendable {
        let id: Int64
        let instrument: Int32
    }

    /// The numbers of a response, which is recorded as projected if it is new. Call under `lock`.
    ///
    /// - Throws: `PostgresError` for an unknown instrument, or if a later response of the instrument has been projected already.
    func reference(to response: ProviderResponse) async throws(PostgresError) -> Reference {
        let found = try await database.query("SELECT id, instrument FROM provider_responses WHERE object_key = $1", [response.key])
        if let row = found.first { return Reference(id: try row[0], instrument: try row[1]) }
        let row = try await database.query(
            """
            INSERT INTO provider_responses (object_key, instrument, provider, kind, known_at, fetched_at, sha256)
            VALUES ($1, \(Instruments.number("$2")), $3, $4, $5, $6, $7) RETURNING id, instrument
            """,
            [
                response.key, response.instrument, response.provider, response.kind, response.knownAt, response.fetchedAt, response.sha256,
            ])[0]
        return Reference(id: try row[0], instrument: try row[1])
    }

    /// The projected response with a key and the rows that it added; nil if it has not been projected.
    package func find(_ key: String) async throws(PostgresError) -> (response: ProviderResponse, counts: Counts)? {
        try await database.query(
            """
            SELECT \(ProviderResponse.columns), r.bars, r.actions, r.quarantined FROM provider_responses r \(ProviderResponse.joins)
            WHERE r.object_key = $1
            """, [key]
        ).one { row throws(PostgresError) in
            (try ProviderResponse(row), Counts(bars: try row[7], actions: try row[8], quarantined: try row[9]))
        }
    }

    /// Whether the response with a key has been projected.
    package func contains(_ key: String) async throws(PostgresError) -> Bool {
        try await database.query("SELECT FROM provider_responses WHERE object_key = $1", [key]).count > 0
    }

    /// The projected responses about an instrument, in order.
    package func list(about instrument: String) async throws(PostgresError) -> [ProviderResponse] {
        try await database.query(
            """
            SELECT \(ProviderResponse.columns) FROM provider_responses r \(ProviderResponse.joins)
            WHERE i.id = $1 ORDER BY r.known_at, r.fetched_at, r.id
            """, [instrument]
        ).all(ProviderResponse.init)
    }

    /// The `known_at` of each instrument's latest response before an instant, by instrument id.
    package func latestKnown(before instant: Instant) async throws(PostgresError) -> [String: Instant] {
        let pairs = try await database.query(
            """
            SELECT i.id, r.known_at FROM instruments i CROSS JOIN LATERAL (
                SELECT known_at FROM provider_responses WHERE instrument = i.number AND known_at < $1 ORDER BY known_at DESC LIMIT 1
            ) r
            """, [instant]
        ).all { row throws(PostgresError) in (try row[0] as String, try row[1] as Instant) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// The providers and kinds of the responses about an instrument that were known at an instant.
    package func kinds(of instrument: String, asOf instant: Instant) async throws(PostgresError) -> [(provider: String, kind: String)] {
        try await database.query(
            """
            SELECT DISTINCT provider, kind FROM provider_responses WHERE instrument = \(Instruments.number("$1")) AND known_at <= $2
            ORDER BY 1, 2
            """, [instrument, instant]
        ).all { row throws(PostgresError) in (try row[0], try row[1]) }
    }

    /// Whether a response of a provider and kind about an instrument was known before an instant.
    package func contains(
        about instrument: String, provider: String, kind: String, before instant: Instant
    ) async throws(PostgresError) -> Bool {
        try await database.query(
            """
            SELECT FROM provider_responses WHERE instrument = \(Instruments.number("$1")) AND provider = $2 AND kind = $3 AND known_at < $4
            LIMIT 1
            """, [instrument, provider, kind, instant]
        ).count > 0
    }

    /// Deletes all rows projected from an instrument's responses after `response`, and returns those responses in order.
    ///
    /// The caller projects the returned responses again after `response`. Call under `lock`, in its transaction.
    package func rollBack(after response: ProviderResponse) async throws(PostgresError) -> [ProviderResponse] {
        let rows = try await database.query(
            """
            SELECT \(ProviderResponse.columns), r.id FROM provider_responses r \(ProviderResponse.joins)
            WHERE i.id = $1 AND (r.known_at, r.fetched_at, r.sha256, r.object_key) > ($2, $3, $4, $5)
            """, [response.instrument, response.knownAt, response.fetchedAt, response.sha256, response.key])
        let responses = try rows.all(ProviderResponse.init)
        guard !responses.isEmpty else { return [] }
        let ids = try rows.all { row throws(PostgresError) in try row[7] as Int64 }
        for table in Self.projected { try await database.execute("DELETE FROM \(table) WHERE response_id = ANY ($1)", [ids]) }
        try await database.execute("DELETE FROM provider_responses WHERE id = ANY ($1)", [ids])
        return responses.sorted()
    }

    /// Deletes all rows projected from an instrument's responses, which the caller projects again. Call under `lock`, in its transaction.
    package func removeAll(about instrument: String) async throws(PostgresError) {
        for table in Self.projected + ["provider_responses"] {
            try await database.execute("DELETE FROM \(table) WHERE instrument = \(Instruments.number("$1"))", [instrument])
        }
    }

    /// The ids of the instruments with a projected response.
    package func instruments() async throws(PostgresError) -> [String] {
        try await database.query(
            "SELECT id FROM instruments i WHERE EXISTS (SELECT FROM provider_responses r WHERE r.instrument = i.number) ORDER BY id"
        ).all { row throws(PostgresError) in try row[0] }
    }

    /// The tables with rows of an instrument's responses.
    private static let projected = ["bars", "provisional_bars", "corporate_actions", "features", "feature_states", "quarantine"]
}
