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
            WHERE instrument = \(Instruments.number("$1")) AND version = $2 AND precedence = $3
                AND response_id < coalesce((SELECT id FROM provider_responses WHERE object_key = $4), \(Int64.max))
            """, [response.instrument, version, precedence, response.key]
        ).one { row throws(PostgresError) in State(session: try row[0], bytes: (try row[1] as PostgresBytes).bytes) }
    }

    /// Replaces the instrument's state by the state after `response`. Call under `ProviderResponses.lock`, in its transaction.
    package func store(_ state: State, after response: ProviderResponse, precedence: [String]) async throws(PostgresError) {
        let own = try await ProviderResponses(database).reference(to: response)
        try await database.execute(
            """
            INSERT INTO feature_states (instrument, version, precedence, session, response_id, state) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (instrument, version) DO UPDATE SET
                (precedence, session, response_id, state) = (EXCLUDED.precedence, EXCLUDED.session, EXCLUDED.response_id, EXCLUDED.state)
            """, [own.instrument, version, precedence, state.session, own.id, PostgresBytes(state.bytes)])
    }
}
