package import Market
package import Postgres

/// The registered instruments, found by id or by symbol.
package struct Instruments: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Registers new instruments, each with its symbol for every provider and as a member of the universe from `since` on. Instruments that
    /// are registered already do not change.
    ///
    /// - Parameter areConfigured: whether the deployment's settings name the instruments, so that they leave the universe with their setting.
    package func register(
        _ instruments: [Instrument], since: SessionDate = SessionDate(day: 0), areConfigured: Bool = false
    ) async throws(PostgresError) {
        try await database.execute(
            """
            WITH registered AS (
                INSERT INTO instruments (id, symbol, exchange, currency, name)
                SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) t(id)
                WHERE NOT EXISTS (SELECT FROM instruments i WHERE i.id = t.id) ON CONFLICT DO NOTHING
                RETURNING number, symbol
            ), named AS (
                INSERT INTO symbols (instrument, provider, symbol, valid_from, known_at) SELECT number, '*', symbol, $6, '-infinity' FROM registered
            )
            INSERT INTO universe (instrument, valid_from, known_at, configured) SELECT number, $6, '-infinity', $7 FROM registered
            """,
            [
                instruments.map(\.id), instruments.map(\.symbol), instruments.map(\.exchange), instruments.map(\.currency),
                instruments.map(\.name), since, areConfigured,
            ])
    }

    /// The registered instrument with an id; nil for an unknown id.
    package func find(id: String) async throws(PostgresError) -> Instrument? {
        try await database.query("SELECT \(Self.columns()) FROM instruments i WHERE id = $1", [id]).one(Self.instrument)
    }

    /// The registered instruments among `ids`, ordered by id.
    package func find(ids: [String]) async throws(PostgresError) -> [Instrument] {
        try await database.query("SELECT \(Self.columns()) FROM instruments i WHERE id = ANY ($1) ORDER BY id", [ids]).all(Self.instrument)
    }

    /// Finds an instrument by its id or by a symbol such as `AAPL`: the instrument that has the symbol, or else the instrument that had
    /// the symbol last.
    ///
    /// The symbols known at an instant (nil: now) are searched, then all symbols known now.
    package func find(symbol: String, asOf instant: Instant? = nil) async throws(PostgresError) -> Instrument? {
        try await find(symbols: [symbol], asOf: instant)[symbol]
    }

    /// Finds many instruments by id or symbol, in one query. Unknown symbols are left out.
    package func find(symbols: [String], asOf instant: Instant? = nil) async throws(PostgresError) -> [String: Instrument] {
        let pairs = try await database.query(
            """
            SELECT \(Self.columns(at: "coalesce($2::timestamptz, 'infinity')")), s FROM unnest($1::text[]) s JOIN instruments i
                ON i.number = coalesce(instrument_named(s, coalesce($2::timestamptz, 'infinity')), instrument_named(s, 'infinity'))
            """, [symbols.filter(\.isStorable), instant]
        ).all { row throws(PostgresError) in (try row[5] as String, try Self.instrument(row)) }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The instruments after an id: all, of an exchange, or in `ids`; ordered by id in the database's collation. Their symbols are
    /// those at an instant; nil: the latest.
    package func list(
        exchange: String? = nil, of ids: [String]? = nil, after id: String = "", asOf instant: Instant? = nil
    ) async throws(PostgresError) -> [Instrument] {
        try await database.query(
            """
            SELECT \(Self.columns(at: "coalesce($4::timestamptz, 'infinity')")) FROM instruments i
            WHERE ($1 IS NULL OR exchange = $1) AND ($2::text[] IS NULL OR id = ANY ($2)) AND id > $3 ORDER BY id
            """, [exchange, ids, id, instant]
        ).all(Self.instrument)
    }

    /// An SQL expression: the number by which tables refer to the instrument whose id is an SQL expression.
    static func number(_ id: String) -> String { "(SELECT number FROM instruments WHERE id = \(id))" }

    /// The columns of an instrument (alias i) with the symbol that it had at an instant.
    ///
    /// - Parameter at: an SQL expression for the instant.
    static func columns(at instant: String = "'infinity'::timestamptz") -> String {
        "i.id, \(symbol(of: "i", at: instant)) AS symbol, i.exchange, i.currency, i.name"
    }

    /// SQL: the symbol that an instrument had at an instant, as known then; it reads one entry of an index.
    ///
    /// - Parameter of: the alias of the table `instruments`.
    static func symbol(of alias: String, at instant: String) -> String {
        """
        coalesce((
            SELECT s.symbol FROM symbols s WHERE s.provider = '*' AND s.instrument = \(alias).number AND s.known_at <= \(instant)
                AND s.valid_from <= (\(instant) AT TIME ZONE 'UTC')::date ORDER BY s.valid_from DESC, s.known_at DESC LIMIT 1
        ), \(alias).symbol)
        """
    }

    static func instrument(_ row: Row) throws(PostgresError) -> Instrument {
        Instrument(id: try row[0], symbol: try row[1], exchange: try row[2], currency: try row[3], name: try row[4])
    }
}
