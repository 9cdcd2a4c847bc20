package import Market
package import Postgres

/// The state of the feature engine after an instrument's latest response, from which the next response continues without reading history.
package struct FeatureStates: Sendable {
    private let database: Database
    private let version: String

    /// - Parameter version: the version of the feature set.
    package init(_ database: Database, version: String) {
        self.database = database
        self.version = version
    }

    package struct State: Sendable {
        /// The last session that the engine has processed.
        package let session: SessionDate
        package let bytes: [UInt8]

        package init(session: SessionDate, bytes: [UInt8]) {
            self.session = session
            self.bytes = bytes
        }
    }

    /// The state before `response`, computed with the same source precedence; nil if there is none. Call under `ProviderResponses.lock`.
    package func find(before response: ProviderResponse, precedence: [String]) async throws(PostgresError) -> State? {
        try await database.query(
            """
            SELECT session, state FROM feature_states
            WHERE instrument_id = $1 AND version = $2 AND precedence = $3 AND (known_at, fetched_at, sha256) < ($4, $5, $6)
            """, [response.instrument, version, precedence, response.knownAt, response.fetchedAt, response.sha256]
        ).one { row throws(PostgresError) in State(session: try row[0], bytes: (try row[1] as PostgresBytes).bytes) }
    }

    /// Replaces the instrument's state by the state after `response`. Call under `ProviderResponses.lock`, in its transaction.
    package func store(_ state: State, after response: ProviderResponse, precedence: [String]) async throws(PostgresError) {
        try await database.execute("DELETE FROM feature_states WHERE instrument_id = $1 AND version = $2", [response.instrument, version])
        try await database.execute(
            """
            INSERT INTO feature_states (instrument_id, version, precedence, session, known_at, fetched_at, sha256, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                response.instrument, version, precedence, state.session, response.knownAt, response.fetchedAt, response.sha256,
                PostgresBytes(state.bytes),
            ])
    }
}
