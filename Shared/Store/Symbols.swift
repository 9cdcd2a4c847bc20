package import Market
package import Postgres

/// The symbols of instruments at providers, with the days from which they hold.
///
/// A symbol holds until its end, or until the instrument's next symbol at the same provider.
package struct Symbols: Sendable {
    /// The provider name of a symbol that holds at every provider for which no other symbol is stored.
    package static let anyProvider = "*"

    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// A symbol of an instrument at one provider, from a day until before another day (nil: without end).
    package struct Assignment: Hashable, Sendable {
        package let instrument: String
        package let provider: String
        package let symbol: String
        package let from: SessionDate
        package let to: SessionDate?

        package init(instrument: String, provider: String = Symbols.anyProvider, symbol: String, from: SessionDate, to: SessionDate? = nil)
        {
            self.instrument = instrument
            self.provider = provider
            self.symbol = symbol
            self.from = from
            self.to = to
        }
    }

    /// Stores symbols as known from an instant on. A symbol with the same first day as an earlier one replaces it.
    package func record(_ assignments: [Assignment], knownAt: Instant) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO symbols (instrument, provider, symbol, valid_from, valid_to, known_at)
            SELECT \(Instruments.number("t.id")), provider, symbol, valid_from, valid_to, $6
            FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::date[]) t(id, provider, symbol, valid_from, valid_to)
            ON CONFLICT DO NOTHING
            """,
            [
                assignments.map(\.instrument), assignments.map(\.provider), assignments.map(\.symbol), assignments.map(\.from),
                assignments.map(\.to), knownAt,
            ])
    }

    /// An instrument's symbol at a provider.
    package struct ProviderSymbol: Hashable, Sendable {
        package let text: String
        /// Whether the symbol was stored for this provider, not for any provider.
        package let isOwn: Bool
    }

    /// A query: the symbol of instrument $3 on day $1 as known at $2, of the first of the providers $5 that has one.
    static let atProvider = """
        SELECT symbol, provider <> '*' AS is_own FROM (\(valid)) v
        WHERE instrument = \(Instruments.number("$3")) AND provider = ANY ($5) ORDER BY provider = '*' LIMIT 1
        """

    /// The instrument that a symbol denotes at a provider on a day, as known at an instant.
    package func instrument(
        called symbol: String, provider: String = Symbols.anyProvider, on day: SessionDate, asOf instant: Instant
    ) async throws(PostgresError) -> Instrument? {
        try await database.query(
            """
            SELECT \(Instruments.columns(at: "$2::timestamptz")) FROM (\(Symbols.valid)) v JOIN instruments i ON i.number = v.instrument
            WHERE v.symbol = $3 AND provider = ANY ($4) ORDER BY provider = '*', v.valid_from DESC, i.id LIMIT 1
            """, [day, instant, symbol, [provider, Symbols.anyProvider]]
        ).one(Instruments.instrument)
    }

    /// A query: the symbols that hold on day $1 as known at $2, one for each instrument and provider.
    private static let valid = """
        SELECT * FROM (
            SELECT DISTINCT ON (provider, instrument) * FROM (
                SELECT DISTINCT ON (provider, instrument, valid_from) * FROM symbols WHERE known_at <= $2 AND valid_from <= $1
                ORDER BY provider, instrument, valid_from, known_at DESC
            ) versions ORDER BY provider, instrument, valid_from DESC
        ) newest WHERE valid_to IS NULL OR valid_to > $1
        """
}
