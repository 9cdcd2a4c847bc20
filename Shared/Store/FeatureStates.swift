package import Market
package import Postgres

/// Where the feature engine stood after an instrument's latest response, so that the next one need not begin with history.
package struct FeatureStates: Sendable {
    private let database: Database
    private let version: String

    /// `version` is the feature set's.
    package init(_ database: Database, version: String) {
        self.database = database
        self.version = version
    }

    package struct State: Sendable {
        /// The last session that the engine has seen.
        package let session: SessionDate
        package let bytes: [UInt8]

        package init(session: SessionDate, bytes: [UInt8]) {
            self.session = session
            self.bytes = bytes
        }
    }

    /// The state before `response` in order, made with the same order of preference. Call under `ProviderResponses.lock`.
    package func find(before response: ProviderResponse, sources: [String]) async throws(PostgresError) -> State? {
        try await database.query(
            """
            SELECT session, state FROM feature_states
            WHERE instrument_id = $1 AND version = $2 AND sources = $3 AND (known_at, fetched_at, sha256) < ($4, $5, $6)
            """, [response.instrument, version, sources, response.knownAt, response.fetchedAt, response.sha256]
        ).one { row throws(PostgresError) in State(session: try row[0], bytes: (try row[1] as PostgresBytes).bytes) }
    }

    /// Puts the state after `response` in the place of the one before. Call under `ProviderResponses.lock`, in its transaction.
    package func keep(_ state: State, after response: ProviderResponse, sources: [String]) async throws(PostgresError) {
        try await database.execute("DELETE FROM feature_states WHERE instrument_id = $1 AND version = $2", [response.instrument, version])
        try await database.execute(
            """
            INSERT INTO feature_states (instrument_id, version, sources, session, known_at, fetched_at, sha256, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                response.instrument, version, sources, state.session, response.knownAt, response.fetchedAt, response.sha256,
                PostgresBytes(state.bytes),
            ])
    }
}
