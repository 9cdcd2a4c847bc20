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

    /// Records that a response has been projected. Returns false if it was recorded before.
    @discardableResult
    package func record(_ response: ProviderResponse, _ counts: Counts) async throws(PostgresError) -> Bool {
        try await database.execute(
            """
            INSERT INTO provider_responses (\(ProviderResponse.columns), bars, actions, quarantined)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
            """,
            [
                response.key, response.instrument, response.provider, response.kind, response.knownAt, response.fetchedAt, response.sha256,
                counts.bars, counts.actions, counts.quarantined,
            ]) > 0
    }

    /// The projected response with a key and the rows that it added; nil if it has not been projected.
    package func find(_ key: String) async throws(PostgresError) -> (response: ProviderResponse, counts: Counts)? {
        try await database.query(
            "SELECT \(ProviderResponse.columns), bars, actions, quarantined FROM provider_responses WHERE object_key = $1", [key]
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
            "SELECT \(ProviderResponse.columns) FROM provider_responses WHERE instrument_id = $1 ORDER BY known_at, fetched_at, sha256",
            [instrument]
        ).all(ProviderResponse.init)
    }

    /// The `known_at` of each instrument's latest response before an instant, by instrument id.
    package func latestKnown(before instant: Instant) async throws(PostgresError) -> [String: Instant] {
        let pairs = try await database.query(
            "SELECT instrument_id, max(known_at) FROM provider_responses WHERE known_at < $1 GROUP BY 1", [instant]
        ).all { row throws(PostgresError) in (try row[0] as String, try row[1] as Instant) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// The providers and kinds of the responses about an instrument that were known at an instant.
    package func kinds(of instrument: String, asOf instant: Instant) async throws(PostgresError) -> [(provider: String, kind: String)] {
        try await database.query(
            "SELECT DISTINCT provider, kind FROM provider_responses WHERE instrument_id = $1 AND known_at <= $2 ORDER BY 1, 2",
            [instrument, instant]
        ).all { row throws(PostgresError) in (try row[0], try row[1]) }
    }

    /// Whether a response of a provider and kind about an instrument was known before an instant.
    package func contains(
        about instrument: String, provider: String, kind: String, before instant: Instant
    ) async throws(PostgresError) -> Bool {
        try await database.query(
            "SELECT FROM provider_responses WHERE instrument_id = $1 AND provider = $2 AND kind = $3 AND known_at < $4 LIMIT 1",
            [instrument, provider, kind, instant]
        ).count > 0
    }

    /// Deletes all rows projected from an instrument's responses after `response`, and returns those responses in order.
    ///
    /// The caller projects the returned responses again after `response`. Call under `lock`, in its transaction.
    package func rollBack(after response: ProviderResponse) async throws(PostgresError) -> [ProviderResponse] {
        let order: [any PostgresEncodable] = [response.instrument, response.knownAt, response.fetchedAt, response.sha256]
        let later = "instrument_id = $1 AND (known_at, fetched_at, sha256) > ($2, $3, $4)"
        let responses = try await database.query(
            "DELETE FROM provider_responses WHERE \(later) RETURNING \(ProviderResponse.columns)", order
        ).all(ProviderResponse.init)
        guard !responses.isEmpty else { return [] }
        for table in ["bars", "provisional_bars", "corporate_actions", "features", "feature_states", "quarantine"] {
            try await database.execute("DELETE FROM \(table) WHERE \(later)", order)
        }
        return responses.sorted()
    }
}
