package import Market
package import Postgres

/// Bars of sessions that had not closed when the provider responded. They are displayed, never used for features, and are superseded by
/// the session's final bar.
package struct ProvisionalBars: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Stores the provisional bars of one response.
    package func insert(_ bars: [Bar], from response: ProviderResponse, currency: String) async throws(PostgresError) {
        guard !bars.isEmpty else { return }
        let own = try await ProviderResponses(database).reference(to: response)
        try await database.execute(
            """
            INSERT INTO provisional_bars (instrument, session, source, known_at, response_id, open, high, low, close, volume, currency)
            SELECT $1, n.session, $2, $3, $4, n.open, n.high, n.low, n.close, n.volume, $5
            FROM unnest($6::date[], $7::float8[], $8::float8[], $9::float8[], $10::float8[], $11::float8[])
                n(session, open, high, low, close, volume)
            ON CONFLICT DO NOTHING
            """,
            [
                own.instrument, response.provider, response.knownAt, own.id, currency,
                bars.map(\.session), bars.map(\.open), bars.map(\.high), bars.map(\.low), bars.map(\.close), bars.map(\.volume),
            ])
    }

    /// The latest provisional bar of each session that had no final bar from any source at an instant, in order.
    package func read(_ instrument: String, asOf instant: Instant, precedence: [String] = []) async throws(PostgresError) -> [Bar] {
        try await database.query(
            """
            SELECT DISTINCT ON (session) session, open, high, low, close, volume FROM provisional_bars p
            WHERE instrument = \(Instruments.number("$1")) AND known_at <= $2 AND NOT EXISTS (
                SELECT FROM bars b WHERE b.instrument = p.instrument AND b.session = p.session AND b.known_at <= $2
                    AND \(Bars.isVisible("known_at", "$2")))
            ORDER BY session, array_position($3, source), response_id DESC
            """, [instrument, instant, precedence]
        ).all(Bars.bar)
    }
}
