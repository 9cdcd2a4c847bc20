package import Market
package import Postgres

/// The responses that were folded into the tables, and the order in which that must happen.
package struct ProviderResponses: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Keeps everyone else from folding responses about `instrument` until the transaction ends.
    package func lock(_ instrument: String) async throws(PostgresError) {
        try await database.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", ["instrument " + instrument])
    }

    /// Says that a response was folded in, and what it brought: bars that count, actions, and rows held back. False when it was already.
    @discardableResult
    package func record(_ response: ProviderResponse, bars: Int, actions: Int, rejected: Int) async throws(PostgresError) -> Bool {
        try await database.execute(
            "INSERT INTO raw_objects (\(ProviderResponse.columns), bars, actions, rejected) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            [
                response.key, response.instrument, response.provider, response.kind, response.knownAt, response.fetchedAt, response.sha256,
                bars, actions,
                rejected,
            ]) > 0
    }

    /// What a response brought when it was folded in; nil when it was not yet.
    package func counts(_ key: String) async throws(PostgresError) -> (response: ProviderResponse, bars: Int, actions: Int, rejected: Int)?
    {
        try await database.query("SELECT \(ProviderResponse.columns), bars, actions, rejected FROM raw_objects WHERE key = $1", [key])
            .one { row throws(PostgresError) in (try ProviderResponse(row), try row[7], try row[8], try row[9]) }
    }

    package func contains(_ key: String) async throws(PostgresError) -> Bool {
        try await database.query("SELECT FROM raw_objects WHERE key = $1", [key]).count > 0
    }

    /// The folded responses about an instrument, in order.
    package func responses(about instrument: String) async throws(PostgresError) -> [ProviderResponse] {
        try await database.query(
            "SELECT \(ProviderResponse.columns) FROM raw_objects WHERE instrument_id = $1 ORDER BY known_at, fetched_at, sha256",
            [instrument]
        ).all(ProviderResponse.init)
    }

    /// When the last response about each instrument was known, of those before an instant.
    package func lastHeard(before instant: Instant) async throws(PostgresError) -> [String: Instant] {
        let pairs = try await database.query(
            "SELECT instrument_id, max(known_at) FROM raw_objects WHERE known_at < $1 GROUP BY 1", [instant]
        ).all { row throws(PostgresError) in (try row[0] as String, try row[1] as Instant) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// Which kinds of each provider's responses about an instrument were folded that were known at an instant.
    package func kinds(of instrument: String, asOf instant: Instant) async throws(PostgresError) -> [(provider: String, kind: String)] {
        try await database.query(
            "SELECT DISTINCT provider, kind FROM raw_objects WHERE instrument_id = $1 AND known_at <= $2 ORDER BY 1, 2",
            [instrument, instant]
        ).all { row throws(PostgresError) in (try row[0], try row[1]) }
    }

    /// Whether a response of a kind about an instrument was folded that was known before an instant.
    package func hasAnswer(
        about instrument: String, _ provider: String, _ kind: String, before instant: Instant
    ) async throws(PostgresError) -> Bool {
        try await database.query(
            "SELECT FROM raw_objects WHERE instrument_id = $1 AND provider = $2 AND kind = $3 AND known_at < $4 LIMIT 1",
            [instrument, provider, kind, instant]
        ).count > 0
    }

    /// Removes everything that was derived from responses about the same instrument that come after `response` in order, and returns
    /// those responses in order, to be folded again after `response`. Call under `lock`, in its transaction.
    package func removeLater(than response: ProviderResponse) async throws(PostgresError) -> [ProviderResponse] {
        let order: [any PostgresEncodable] = [response.instrument, response.knownAt, response.fetchedAt, response.sha256]
        let later = "instrument_id = $1 AND (known_at, fetched_at, sha256) > ($2, $3, $4)"
        let responses = try await database.query(
            "DELETE FROM raw_objects WHERE \(later) RETURNING \(ProviderResponse.columns)", order
        ).all(ProviderResponse.init)
        guard !responses.isEmpty else { return [] }
        for table in ["bars", "provisional_bars", "corporate_actions", "features", "feature_states", "quarantine"] {
            try await database.execute("DELETE FROM \(table) WHERE \(later)", order)
        }
        return responses.sorted()
    }
}
