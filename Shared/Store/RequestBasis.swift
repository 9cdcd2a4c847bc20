package import Market
package import Postgres

/// What Ingest needs to know of an instrument before it requests it from a provider, read by one query.
package struct RequestBasis: Sendable {
    /// The instrument's symbol at the provider; nil if it has none.
    package let symbol: Symbols.ProviderSymbol?
    /// The provider's last session that was known before the run.
    package let lastSession: SessionDate?
    /// The kinds of responses, of those asked for, of which one was known before the run.
    package let knownKinds: Set<String>

    /// Reads the basis of a request.
    ///
    /// - Parameters:
    ///   - day: the day on which the symbol holds.
    ///   - instant: the time of the run.
    ///   - kinds: the kinds of responses to look for.
    package init(
        _ database: Database, of instrument: String, provider: String, on day: SessionDate, asOf instant: Instant, kinds: [String]
    ) async throws(PostgresError) {
        let row = try await database.query(
            """
            SELECT s.symbol, s.is_own, (\(Bars.lastSession(of: "n.number", source: "$4", knownBefore: "$2"))), ARRAY(
                SELECT k FROM unnest($6::text[]) k WHERE EXISTS (
                    SELECT FROM provider_responses r WHERE r.instrument = n.number AND r.provider = $4 AND r.kind = k AND r.known_at < $2))
            FROM (SELECT \(Instruments.number("$3")) AS number) n LEFT JOIN (\(Symbols.atProvider)) s ON true
            """, [day, instant, instrument, provider, [provider, Symbols.anyProvider], kinds])[0]
        symbol = try (row[0] as String?).map { text throws(PostgresError) in Symbols.ProviderSymbol(text: text, isOwn: try row[1]) }
        lastSession = try row[2]
        knownKinds = Set(try row[3] as [String])
    }
}
