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
    struct Reference: Hashable, Sendable {
        let id: Int64
        let instrument: Int32
    }

    /// Records a response as projected if it is new. The result knows its numbers, so that what is inserted from it does not look them up.
    /// Call under `lock`.
    ///
    /// - Throws: `PostgresError` for an unknown instrument, or if a later response of the instrument has been projected already.
    package func recorded(_ response: ProviderResponse) async throws(PostgresError) -> ProviderResponse {
        var response = response
        response.reference = try await reference(to: response)
        return response
    }

    /// The numbers of a response, which is recorded as projected if it is new. See `recorded`.
    func reference(to response: ProviderResponse) async throws(PostgresError) -> Reference {
        if let known = response.reference { return known }
        let rows = try await database.query(
            """
            WITH added AS (
                INSERT INTO provider_responses (object_key, instrument, provider, kind, known_at, fetched_at, sha256)
                SELECT $1, \(Instruments.number("$2")), $3, $4, $5, $6, $7
                WHERE NOT EXISTS (SELECT FROM provider_responses WHERE object_key = $1) RETURNING id, instrument
            )
            SELECT id, instrument FROM added UNION ALL SELECT id, instrument FROM provider_responses WHERE object_key = $1
            """,
            [
                response.key, response.instrument, response.provider, response.kind, response.knownAt, response.fetchedAt, response.sha256,
            ])
        return Reference(id: try rows[0][0], instrument: try rows[0][1])
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

    /// The projected responses about the instrument of `response` that come after it, in order.
    package func list(after response: ProviderResponse) async throws(PostgresError) -> [ProviderResponse] {
        try await database.query(
            """
            SELECT \(ProviderResponse.columns), r.id, r.instrument FROM provider_responses r \(ProviderResponse.joins)
            WHERE \(Self.isLater(than: "$2, $3, $4, $5", of: Instruments.number("$1")))
            """, [response.instrument, response.knownAt, response.fetchedAt, response.sha256, response.key]
        ).all { row throws(PostgresError) in
            var response = try ProviderResponse(row)
            response.reference = Reference(id: try row[7], instrument: try row[8])
            return response
        }.sorted()
    }

    /// A condition on `provider_responses r`: the response is about an instrument and comes after another one. It is found by the index on
    /// the instrument and the times.
    static func isLater(than position: String, of instrument: String) -> String {
        """
        r.instrument = \(instrument) AND (r.known_at, r.fetched_at, r.sha256, r.object_key) > (\(position))
        """
    }

    /// Deletes all rows projected from responses about one instrument, those of `list(after:)`, and returns the responses without their numbers.
    ///
    /// The caller projects them again. Call under `lock`, in its transaction.
    package func rollBack(_ responses: [ProviderResponse]) async throws(PostgresError) -> [ProviderResponse] {
        guard !responses.isEmpty else { return [] }
        let ids = responses.compactMap { $0.reference?.id }
        for table in Self.projected { try await database.execute("DELETE FROM \(table) WHERE response_id = ANY ($1)", [ids]) }
        try await database.execute("DELETE FROM provider_responses WHERE id = ANY ($1)", [ids])
        return responses.map { response in
            var response = response
            response.reference = nil
            return response
        }
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
