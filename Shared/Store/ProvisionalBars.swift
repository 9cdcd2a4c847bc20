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
        try await database.execute(
            """
            INSERT INTO provisional_bars (instrument_id, session, source, known_at, fetched_at, sha256, object_key, open, high, low, close, volume,
                currency)
            SELECT $1, n.session, $2, $3, $4, $5, $6, n.open, n.high, n.low, n.close, n.volume, $7
            FROM unnest($8::date[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::float8[])
                n(session, open, high, low, close, volume)
            ON CONFLICT DO NOTHING
            """,
            [
                response.instrument, response.provider, response.knownAt, response.fetchedAt, response.sha256, response.key, currency,
                bars.map(\.session), bars.map(\.open), bars.map(\.high), bars.map(\.low), bars.map(\.close), bars.map(\.volume),
            ])
    }

    /// The latest provisional bar of each session that had no final bar from any source at an instant, in order.
    package func read(_ instrument: String, asOf instant: Instant, precedence: [String] = []) async throws(PostgresError) -> [Bar] {
        try await database.query(
            """
            SELECT DISTINCT ON (session) session, open, high, low, close, volume FROM provisional_bars p
            WHERE instrument_id = $1 AND known_at <= $2 AND NOT EXISTS (
                SELECT FROM bars b WHERE b.instrument_id = p.instrument_id AND b.session = p.session AND b.known_at <= $2
                    AND \(Bars.isVisible("known_at", "$2")))
            ORDER BY session, array_position($3, source), known_at DESC, fetched_at DESC, sha256 DESC
            """, [instrument, instant, precedence]
        ).all(Bars.bar)
    }
}
