package import Market
package import Postgres

/// Who is who: instruments, and what providers call them.
package struct Instruments: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Registers instruments that are not there yet, each under its provider's symbol, valid from `since`. Those that are stay as they are.
    package func register(
        _ instruments: [Instrument], provider: String, since: SessionDate = SessionDate(day: 0)
    ) async throws(PostgresError) {
        try await database.execute(
            """
            WITH registered AS (
                INSERT INTO instruments (id, symbol, exchange, currency, name)
                SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING
            )
            INSERT INTO symbols (instrument_id, provider, symbol, valid_from)
            SELECT id, $6, symbol, $7 FROM unnest($1::text[], $2::text[]) t(id, symbol)
            WHERE NOT EXISTS (SELECT FROM symbols s WHERE s.instrument_id = t.id AND s.provider = $6)
            ON CONFLICT DO NOTHING
            """,
            [
                instruments.map(\.id), instruments.map(\.symbol), instruments.map(\.exchange), instruments.map(\.currency),
                instruments.map(\.name), provider, since,
            ])
    }

    package func find(id: String) async throws(PostgresError) -> Instrument? {
        try await database.query("SELECT \(Self.columns) FROM instruments i WHERE id = $1", [id]).one(Self.instrument)
    }

    /// By our own symbol, such as `AAPL`, or by the id.
    package func find(symbol: String) async throws(PostgresError) -> Instrument? {
        try await database.query("SELECT \(Self.columns) FROM instruments i WHERE symbol = $1 OR id = $1 ORDER BY id LIMIT 1", [symbol])
            .one(Self.instrument)
    }

    /// By the symbol that a provider used on a day.
    package func find(symbol: String, provider: String, on day: SessionDate) async throws(PostgresError) -> Instrument? {
        try await database.query(
            """
            SELECT \(Self.columns) FROM symbols s JOIN instruments i ON i.id = s.instrument_id
            WHERE s.symbol = $1 AND s.provider = $2 AND s.valid_from <= $3 AND (s.valid_to IS NULL OR s.valid_to > $3)
            ORDER BY s.valid_from DESC LIMIT 1
            """, [symbol, provider, day]
        ).one(Self.instrument)
    }

    /// All, or one exchange's, ordered by id.
    package func list(exchange: String? = nil) async throws(PostgresError) -> [Instrument] {
        try await database.query(
            "SELECT \(Self.columns) FROM instruments i WHERE $1 IS NULL OR exchange = $1 ORDER BY id", [exchange]
        ).all(Self.instrument)
    }

    static let columns = "i.id, i.symbol, i.exchange, i.currency, i.name"
    static func instrument(_ row: Row) throws(PostgresError) -> Instrument {
        Instrument(id: try row[0], symbol: try row[1], exchange: try row[2], currency: try row[3], name: try row[4])
    }
}
