import Market
import Postgres
import Store
import TestSupport
import Testing

/// The rules that the tables themselves hold.
@Suite struct SchemaTests {
    private func withRows() async throws -> Database {
        let database = try await freshDatabase()
        try await Instruments(database).register([apple])
        let response = answer("2012-01-10T22:30:00Z")
        try await Bars(database).insert([bar("2012-01-10", 411)], from: response, currency: "USD", available: closed)
        try await FeatureStore(database, version: "f1", crossWidth: 0).insert(
            [FeatureRecord(session: "2012-01-10", values: [1], logReturn: 0.01, extras: [])], from: response, available: closed)
        let fixture = ForecastTests()
        try await ModelRegistry(database).register(fixture.model("m1", asOf: "2012-01-01T00:00:00Z"))
        try await ModelRegistry(database).register(fixture.model("w", asOf: "2012-01-01T00:00:00Z", family: "random-walk"))
        try await Forecasts(database).store([fixture.forecast("m1", "2012-01-10", 1, asOf: response.knownAt)])
        return database
    }

    private static let wrong: [(sql: String, sqlState: SQLState)] = [
        ("UPDATE bars SET high = low - 1000", .checkViolation), ("UPDATE bars SET low = 0", .checkViolation),
        ("UPDATE bars SET close = 2 * high", .checkViolation), ("UPDATE bars SET volume = -1", .checkViolation),
        ("UPDATE bars SET volume = 'NaN'", .checkViolation),
        (
            "INSERT INTO bars SELECT response_id + 1, known_at, available_at, open, high, low, close, volume, instrument, session, price_basis, "
                + "quarantined, released, source, currency FROM bars", .foreignKeyViolation
        ),
        (
            "INSERT INTO features SELECT response_id, known_at, available_at, log_return, instrument + 1, session, version, values, extras "
                + "FROM features", .foreignKeyViolation
        ),
        ("DELETE FROM provider_responses", .foreignKeyViolation),
        (
            "INSERT INTO provider_responses (object_key, instrument, provider, kind, known_at, fetched_at, sha256) "
                + "SELECT 'raw/early', instrument, provider, kind, known_at - interval '1 day', fetched_at, sha256 FROM provider_responses",
            .integrityConstraintViolation
        ),
        ("INSERT INTO cross_features SELECT known_at, known_at, 99, session, version, values FROM features", .foreignKeyViolation),
        ("UPDATE instruments SET exchange = 'Nasdaq'", .checkViolation), ("UPDATE instruments SET currency = ''", .checkViolation),
        ("UPDATE forecasts SET horizon = 2", .checkViolation), ("UPDATE forecasts SET quantiles = quantiles[1:6]", .checkViolation),
        ("UPDATE forecasts SET quantiles = '{0,2,1,3,4,5,6}'", .checkViolation),
        ("UPDATE forecasts SET quantiles[7] = 'NaN'", .checkViolation), ("UPDATE forecasts SET quantiles[7] = NULL", .checkViolation),
        ("UPDATE baselines SET quantiles[1] = '-Infinity'", .checkViolation),
        ("UPDATE forecasts SET role = 'baseline'", .checkViolation), ("UPDATE forecasts SET role = 'floor'", "22P02"),
        ("UPDATE forecasts SET probability_of_loss = 1.1", .checkViolation), ("UPDATE forecasts SET origin_close = 0", .checkViolation),
        ("UPDATE forecasts SET baseline_id = baseline_id + 1", .foreignKeyViolation),
        ("UPDATE models SET version = 0", .checkViolation), ("UPDATE model_families SET name = 'Net'", .checkViolation),
        ("INSERT INTO promotions VALUES ('shadow', now(), 0, 1, '', '{}')", .checkViolation),
    ]

    @Test func `Rows that cannot be are refused`() async throws {
        let database = try await withRows()
        for (sql, sqlState) in Self.wrong {
            let error = await #expect(throws: PostgresError.self, "\(sql)") { try await database.execute(sql) }
            #expect(error?.sqlState == sqlState, "\(sql): \(error.map { "\($0)" } ?? "")")
        }
    }

    @Test func `A quarantined bar is stored as it came`() async throws {
        let database = try await withRows()
        #expect(try await database.execute("UPDATE bars SET low = -1, high = -2, quarantined = true") == 1)
    }

    /// `TableHash` must not contain numbers that depend on the order of arrival.
    @Test func `Every column that refers to a numbered row has a natural key`() async throws {
        let database = try await freshDatabase()
        let references = try await database.query(
            """
            SELECT DISTINCT a.attname::text FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
            JOIN pg_attribute r ON r.attrelid = c.confrelid AND r.attnum = ANY (c.confkey)
            WHERE c.contype = 'f' AND r.attidentity <> ''
            UNION SELECT a.attname::text FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
            WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace AND (a.attname LIKE '%\\_id' OR a.attname = 'instrument')
            """
        ).all { row throws(PostgresError) in try row[0] as String }
        #expect(Set(references).isSubset(of: Set(TableHash.naturalKeys.keys).union(["id"])), "\(references)")
        #expect(references.contains("instrument") && references.contains("response_id") && references.contains("forecast_id"))
    }

    @Test func `Numbers do not enter the hashes`() async throws {
        let first = try await TableHash.all(in: try await withRows())
        let database = try await freshDatabase()
        try await database.script(
            """
            ALTER SEQUENCE instruments_number_seq RESTART 70; ALTER SEQUENCE models_number_seq RESTART 71;
            ALTER SEQUENCE model_families_number_seq RESTART 72; ALTER SEQUENCE provider_responses_id_seq RESTART 73;
            ALTER SEQUENCE forecasts_id_seq RESTART 74; ALTER SEQUENCE baselines_id_seq RESTART 75
            """)
        try await Instruments(database).register([apple])
        let fixture = ForecastTests()
        try await ModelRegistry(database).register(fixture.model("w", asOf: "2012-01-01T00:00:00Z", family: "random-walk"))
        try await ModelRegistry(database).register(fixture.model("m1", asOf: "2012-01-01T00:00:00Z"))
        let response = answer("2012-01-10T22:30:00Z")
        try await Forecasts(database).store([fixture.forecast("m1", "2012-01-10", 1, asOf: response.knownAt)])
        try await FeatureStore(database, version: "f1", crossWidth: 0).insert(
            [FeatureRecord(session: "2012-01-10", values: [1], logReturn: 0.01, extras: [])], from: response, available: closed)
        try await Bars(database).insert([bar("2012-01-10", 411)], from: response, currency: "USD", available: closed)
        #expect(try await TableHash.all(in: database) == first)
    }

    @Test func `The versions of a family count from one`() async throws {
        let database = try await freshDatabase()
        let fixture = ForecastTests()
        for (id, family) in [("a", "lstm"), ("b", "garch"), ("c", "lstm"), ("c", "lstm")] {
            try await ModelRegistry(database).register(fixture.model(id, asOf: "2012-01-01T00:00:00Z", family: family))
        }
        let versions = try await database.query("SELECT id || family || version FROM reporting.models ORDER BY 1")
            .all { row throws(PostgresError) in try row[0] as String }
        #expect(versions == ["alstm1", "bgarch1", "clstm2"])
    }
}
