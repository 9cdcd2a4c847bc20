import Market
import Postgres
import Store
import TestSupport
import Testing

@Suite struct ForecastTests {
    static let sessions: [SessionDate] = ["2012-01-03", "2012-01-04", "2012-01-05", "2012-01-06", "2012-01-09", "2012-01-10"]

    func model(_ id: String, asOf: Instant, family: String = "blended-fhs") -> ModelVersion {
        ModelVersion(
            id: id, family: family, asOf: asOf, featureVersion: "f1", configuration: "{}", dataVersion: "d", codeVersion: "c", seed: -1,
            windowFrom: "2000-01-03", windowTo: "2011-12-30", metrics: "{\"coverage\": 0.8}", artifactKey: "models/\(id)",
            artifactSHA256: "00")
    }

    func forecast(
        _ model: String, _ session: SessionDate, _ horizon: Int, asOf: Instant, data: String = "00000000000000d1", factor: Double = 1,
        of instrument: String = apple.id
    ) -> Forecast {
        Forecast(
            model: model, instrument: instrument, session: session, featureVersion: "f1", dataVersion: data, horizon: horizon,
            role: "champion",
            asOf: asOf, originClose: Price(411.23)!, currency: "USD", quantiles: (0..<7).map { Double($0 * horizon) }, baselineModel: "w",
            baselineQuantiles: (0..<7).map { Double(($0 - 6) * horizon) }, probabilityOfLoss: 0.48, calibrationFactor: factor)
    }

    /// Apple with two values, one return of 0.01 × n a session and one extra.
    func withFeatures() async throws -> (Database, FeatureStore) {
        let database = try await freshDatabase()
        try await Instruments(database).register([apple])
        let features = FeatureStore(database, version: "f1", crossWidth: 2)
        let rows = Self.sessions.enumerated().map { index, session in
            FeatureRecord(
                session: session, values: [Float(index), .nan], logReturn: index == 0 ? .nan : 0.01 * Double(index),
                extras: [Double(index) / 3, .nan, 1])
        }
        #expect(try await features.insert(rows, from: answer("2012-01-10T22:30:00Z"), available: closed) == Self.sessions)
        try await ModelRegistry(database).register(model("w", asOf: "2011-01-01T00:00:00Z", family: "random-walk"))
        return (database, features)
    }

    @Test func `The matrix comes back as of an instant with its cross section`() async throws {
        let (_, features) = try await withFeatures()
        let known: Instant = "2012-01-11T22:30:00Z"
        let change = FeatureRecord(session: "2012-01-10", values: [50, .nan], logReturn: 0.05, extras: [5.0 / 3, .nan, 1])
        let same = FeatureRecord(session: "2012-01-09", values: [4, .nan], logReturn: 0.04, extras: [4.0 / 3, .nan, 1])
        #expect(try await features.insert([same, change], from: answer(known, sha256: "bb"), available: closed) == ["2012-01-10"])
        let crossSections = CrossSections(features, exchange: "XNAS")
        #expect(try await crossSections.outdatedSessions(asOf: known) == Self.sessions)
        for values: [Float] in [[7, 8], [7, 9]] {
            try await crossSections.open(["2012-01-10"], knownAt: known)
            #expect(try await crossSections.store([(apple.id, values)], of: "2012-01-10", knownAt: known, availableAt: known) == 1)
        }
        #expect(try await crossSections.outdatedSessions(asOf: known) == Self.sessions)
        try await crossSections.finish("2012-01-10T22:30:00Z")
        #expect(try await crossSections.outdatedSessions(asOf: known) == ["2012-01-10"])
        #expect(try await crossSections.outdatedSessions(asOf: known.adding(seconds: 1)) == ["2012-01-10"])
        try await crossSections.finish(known)
        #expect(try await crossSections.outdatedSessions(asOf: known.adding(seconds: 1)).isEmpty)
        #expect(
            try await crossSections.instants(from: "2012-01-11T00:00:00Z", with: "2012-01-11T00:00:00Z") == ["2012-01-11T00:00:00Z", known])
        let repeated = try await crossSections.store(
            [(apple.id, [7, 9])], of: "2012-01-10", knownAt: known.adding(seconds: 1), availableAt: known)
        #expect(repeated == 0)

        let before = try await features.read(.recorded("2012-01-10T22:30:00Z"))
        let after = try await features.read([apple.id, "XNYS:IBM"], .recorded(known))
        #expect(before.count == 1 && after.count == 1)
        #expect(after[0].sessions == Self.sessions && after[0].width == 4 && after[0].extrasWidth == 3)
        #expect(before[0].values[20] == 5 && before[0].values[22].isNaN)
        #expect(after[0].values[20] == 50 && after[0].values[21].isNaN && after[0].values[22...] == [7, 9])
        #expect(after[0].values[2].isNaN && after[0].values[3].isNaN)
        #expect(after[0].logReturns[0].isNaN && after[0].logReturns[5] == 0.05)
        #expect(after[0].extras[15] == 5.0 / 3)
        #expect(before.dataVersion != after.dataVersion)
        #expect(try await features.read(.recorded(known)).dataVersion == after.dataVersion)
        #expect(try await features.read([apple.id], .recorded(known), last: 2)[0].sessions == ["2012-01-09", "2012-01-10"])
        #expect(try await features.read([apple.id], .recorded(known), last: 2)[0].values[6...] == [7, 9])
        #expect(try await features.read([apple.id], .available("2012-01-04T22:00:00Z"))[0].sessions == ["2012-01-03", "2012-01-04"])
        #expect(try await features.read(["XNYS:IBM"], .recorded(known)).isEmpty)
        #expect(try await features.read([], .recorded(known)).isEmpty)
        #expect(try await features.read(.recorded(known), from: "2012-01-04", through: "2012-01-05")[0].sessions.count == 2)
    }

    @Test func `The champion and the lineup are read as of an instant`() async throws {
        let database = try await freshDatabase()
        let (registry, promotions) = (ModelRegistry(database), Promotions(database))
        let (one, two) = (model("m1", asOf: "2012-01-01T00:00:00Z"), model("m2", asOf: "2012-02-01T00:00:00Z"))
        let (walk, net) = (model("w1", asOf: one.asOf, family: "random-walk"), model("n1", asOf: one.asOf, family: "lstm"))
        #expect(try await registry.register(one))
        #expect(try await !registry.register(one))
        for model in [two, walk, net] { #expect(try await registry.register(model)) }
        #expect(try await registry.find("m1") == one)
        #expect(try await registry.list(family: "blended-fhs", asOf: two.asOf).map(\.id) == ["m2", "m1"])
        #expect(try await registry.list(family: "lstm", asOf: one.asOf).map(\.id) == ["n1"])
        func lineup(_ asOf: Instant) async throws -> ModelLineup? {
            try await registry.lineup(asOf: asOf, featureVersion: "f1", fallback: "blended-fhs", baseline: "random-walk")
        }
        #expect(try await lineup(two.asOf) == nil)
        try await promotions.promote("m1", asOf: one.asOf, reason: "first")
        try await promotions.promote("m1", asOf: one.asOf, reason: "again")
        #expect(try await promotions.champion(asOf: "2011-12-31T00:00:00Z") == nil)
        #expect(try await promotions.champion(asOf: two.asOf) == one)
        let before = try #require(try await lineup(two.asOf))
        #expect(before.members.map(\.role) == [.champion, .challenger, .baseline])
        #expect(before.champion.versions.map(\.id) == ["m1", "m2"], "a promoted version serves before a newer one of its family")
        try await promotions.promote("n1", asOf: two.asOf, reason: "better", evidence: #"{"t":-2.5}"#)
        let after = try #require(try await lineup(two.asOf))
        #expect(after.members.map(\.family) == ["lstm", "blended-fhs", "random-walk"])
        #expect(after["blended-fhs"]?.role == .fallback && after["blended-fhs"]?.versions.map(\.id) == ["m2", "m1"])
        #expect(try await promotions.history(asOf: two.asOf).map(\.evidence) == [#"{"t": -2.5}"#, "{}"])
        let error = await #expect(throws: PostgresError.self) { try await promotions.promote("nobody", asOf: two.asOf, reason: "") }
        #expect(error?.sqlState == .notNullViolation)
    }

    @Test func `Manual promotions of one instant count in their order`() async throws {
        let database = try await freshDatabase()
        let promotions = Promotions(database)
        let now: Instant = "2012-02-01T00:00:00Z"
        for name in ["m1", "m2"] { try await ModelRegistry(database).register(model(name, asOf: "2012-01-01T00:00:00Z")) }
        try await promotions.promote("m2", asOf: now, reason: "automatic")
        #expect(try await promotions.promoteManually("m1", asOf: now, reason: "back"))
        #expect(try await promotions.champion(asOf: now)?.id == "m1")
        #expect(try await !promotions.promoteManually("m1", asOf: now, reason: "back"))
        #expect(try await promotions.promoteManually("m2", asOf: now, reason: "and forth"))
        #expect(try await promotions.champion(asOf: now)?.id == "m2")
        #expect(try await promotions.history(asOf: now).map(\.reason) == ["and forth", "back", "automatic"])
    }

    @Test(arguments: [["m1", "m2"], ["m2", "m1"]])
    func `Of models as of one instant the last registered serves`(_ order: [String]) async throws {
        let database = try await freshDatabase()
        let now: Instant = "2012-02-01T00:00:00Z"
        let (registry, promotions) = (ModelRegistry(database), Promotions(database))
        for name in order { try await registry.register(model(name, asOf: now)) }
        try await registry.register(model(order[0], asOf: now))
        try await registry.register(model("w", asOf: now, family: "random-walk"))
        #expect(try await registry.list(family: "blended-fhs", asOf: now).map(\.id) == order.reversed())
        for name in order { try await promotions.promote(name, asOf: now, reason: "newer") }
        try await promotions.promote(order[0], asOf: now, reason: "again")
        #expect(try await promotions.champion(asOf: now)?.id == order[1])
        let lineup = try await registry.lineup(asOf: now, featureVersion: "f1", fallback: "garch-t", baseline: "random-walk")
        #expect(lineup?["blended-fhs"]?.versions.map(\.id) == order.reversed())
    }

    /// The stored forecasts of the champion's family, or of a named one.
    private func latest(
        _ database: Database, symbol: String = "AAPL", asOf: Instant, family: String? = nil
    ) async throws -> StoredForecasts? {
        let registry = ModelRegistry(database)
        let champion = try await registry.champion(asOf: asOf, featureVersion: "f1")
        let lineup = try await registry.lineup(asOf: asOf, featureVersion: "f1", fallback: "blended-fhs", baseline: "random-walk")
        let member = family == nil ? champion : lineup?[family ?? ""]
        return try await Forecasts(database).latest(
            symbol: symbol, asOf: asOf, members: member.map { [$0] } ?? [], featureVersion: "f1")
    }

    @Test func `A stored forecast is found and never changed`() async throws {
        let (database, _) = try await withFeatures()
        let forecasts = Forecasts(database)
        let now: Instant = "2012-01-10T23:00:00Z"
        #expect(try await latest(database, symbol: "NOPE", asOf: now) == nil)
        #expect(try await latest(database, asOf: now)?.families.isEmpty == true)
        _ = try await ModelRegistry(database).register(model("m1", asOf: "2012-01-01T00:00:00Z"))
        try await Promotions(database).promote("m1", asOf: "2012-01-01T00:00:00Z", reason: "first")
        let none = try await latest(database, asOf: now)
        #expect(none?.families.isEmpty == true && none?.isCurrent("blended-fhs") == false && none?.lastSession == "2012-01-10")

        let early = [1, 5].map { forecast("m1", "2012-01-09", $0, asOf: "2012-01-09T23:00:00Z") }
        let today = [1, 5, 20].map { forecast("m1", "2012-01-10", $0, asOf: now) }
        #expect(try await forecasts.store(early + today) == 5)
        #expect(try await forecasts.store(today) == 0)
        let stored = try await latest(database, asOf: now)
        #expect(stored?["blended-fhs"]?.forecasts == today && stored?.isCurrent("blended-fhs") == true && stored?.instrument == apple)
        #expect(try await latest(database, symbol: "XNAS:AAPL", asOf: "2012-01-10T00:00:00Z")?["blended-fhs"]?.forecasts == early)
        #expect(stored?["blended-fhs"]?.trainedAsOf == "2012-01-01T00:00:00Z")

        let other = model("m2", asOf: now)
        _ = try await ModelRegistry(database).register(other)
        #expect(try await latest(database, asOf: now)?["blended-fhs"]?.forecasts == today, "a new version withdraws nothing")
        try await forecasts.store([forecast("m2", "2012-01-10", 1, asOf: now)])
        #expect(try await latest(database, asOf: now)?["blended-fhs"]?.forecasts == today, "the promoted version's come first")
        try await ModelRegistry(database).register(model("n1", asOf: "2012-01-01T00:00:00Z", family: "lstm"))
        try await Promotions(database).promote("n1", asOf: now, reason: "better")
        #expect(
            try await latest(database, asOf: now, family: "blended-fhs")?["blended-fhs"]?.forecasts.map(\.model) == ["m2"],
            "of a family that is not the champion's the latest version's come first")
        #expect(try await latest(database, asOf: now, family: "lstm")?.families.isEmpty == true)
    }

    @Test func `Only the versions that may serve are read`() async throws {
        let (database, _) = try await withFeatures()
        let registry = ModelRegistry(database)
        let now: Instant = "2012-01-10T23:00:00Z"
        for month in 1...5 { try await registry.register(model("m\(month)", asOf: Instant("2011-0\(month)-01T00:00:00Z")!)) }
        try await registry.register(model("n1", asOf: "2011-01-01T00:00:00Z", family: "lstm"))
        try await Promotions(database).promote("n1", asOf: "2011-01-01T00:00:00Z", reason: "first")
        try await Forecasts(database).store([forecast("m2", "2012-01-10", 1, asOf: now)])
        #expect(try await latest(database, asOf: now, family: "blended-fhs")?.families.isEmpty == true, "m3, m4 and m5 may serve")
        try await Forecasts(database).store([forecast("m3", "2012-01-10", 1, asOf: now)])
        #expect(try await latest(database, asOf: now, family: "blended-fhs")?["blended-fhs"]?.forecasts.map(\.model) == ["m3"])
    }

    @Test func `A withdrawn session is not the last one`() async throws {
        let (database, features) = try await withFeatures()
        let known: Instant = "2012-01-11T22:30:00Z"
        try await features.withdraw(["2012-01-10"], from: answer(known, sha256: "ee"))
        #expect(try await latest(database, asOf: known)?.lastSession == "2012-01-09")
        #expect(try await latest(database, asOf: known.adding(seconds: -1))?.lastSession == "2012-01-10")
    }

    @Test func `A stored forecast keeps the model's own quantiles beside the calibration factor`() async throws {
        let (database, _) = try await withFeatures()
        _ = try await ModelRegistry(database).register(model("m1", asOf: "2012-01-01T00:00:00Z"))
        let wide = forecast("m1", "2012-01-10", 1, asOf: "2012-01-10T23:00:00Z", factor: 2)
        try await Forecasts(database).store([wide])
        try await Promotions(database).promote("m1", asOf: "2012-01-01T00:00:00Z", reason: "first")
        #expect(try await latest(database, asOf: "2012-01-10T23:00:00Z")?["blended-fhs"]?.forecasts == [wide])
        let row = try #require(try await database.query("SELECT quantiles, calibration_factor FROM reporting.forecasts").first)
        #expect(try row["quantiles"] == wide.quantiles && row["calibration_factor"] == 2.0)
    }

    /// The lookups of stored forecasts and of the last session follow the primary keys, also before the first ANALYZE.
    @Test(arguments: [false, true])
    func `Stored forecasts are looked up by the primary key`(isAnalyzed: Bool) async throws {
        let (database, _) = try await withFeatures()
        _ = try await ModelRegistry(database).register(model("m1", asOf: "2012-01-01T00:00:00Z"))
        try await Promotions(database).promote("m1", asOf: "2012-01-01T00:00:00Z", reason: "first")
        try await database.script(
            """
            ALTER TABLE features SET (autovacuum_enabled = false);
            ALTER TABLE forecasts SET (autovacuum_enabled = false);
            INSERT INTO instruments (id, symbol, exchange, currency, name)
            SELECT 'X' || i, 'X' || i, 'XNAS', 'USD', '' FROM generate_series(1, 100) i;
            INSERT INTO provider_responses (object_key, instrument, provider, kind, known_at, fetched_at, sha256)
            SELECT 'raw/' || id, number, 'yahoo', 'daily', '2011-01-01', '2011-01-01', '' FROM instruments WHERE id LIKE 'X_%' AND id <> 'XNAS:AAPL';
            INSERT INTO features (instrument, session, version, known_at, available_at, response_id, values, log_return, extras)
            SELECT instrument, '2011-01-01'::date + d, 'f1', '2011-01-01', '2011-01-01', id, '{0}', 0, '{}'
            FROM provider_responses, generate_series(1, 300) d WHERE object_key LIKE 'raw/X%';
            INSERT INTO baselines (model, instrument, session, horizon, data_version, quantiles)
            SELECT m.number, i.number, '2011-06-01'::date + d, 1, '\\x0000000000000000', '{0,0,0,0,0,0,0}'
            FROM instruments i, generate_series(1, 150) d, models m WHERE m.id = 'w';
            INSERT INTO forecasts (model, instrument, session, horizon, role, as_of, origin_close, probability_of_loss, data_version, quantiles,
                baseline_id)
            SELECT m.number, instrument, session, 1, 'champion', '2011-06-01', 1, 0, b.data_version, b.quantiles, b.id
            FROM baselines b, models m WHERE m.id = 'm1';
            """)
        if isAnalyzed { try await database.script("ANALYZE") }
        _ = try await database.query("SELECT pg_stat_force_next_flush()")
        func reads() async throws -> [String: Int64] {
            try await database.script("SELECT pg_stat_clear_snapshot()")
            let rows = try await database.query(
                "SELECT indexrelname::text, idx_tup_read FROM pg_stat_user_indexes WHERE relname IN ('features', 'forecasts')")
            return Dictionary(
                uniqueKeysWithValues: try rows.all { row throws(PostgresError) in (try row[0] as String, try row[1] as Int64) })
        }
        let before = try await reads()
        _ = try await latest(database, symbol: "X7", asOf: "2012-01-10T23:00:00Z")
        _ = try await database.query("SELECT pg_stat_force_next_flush()")
        let after = try await reads()
        let read = after.mapValues(Int.init).merging(before.mapValues(Int.init)) { $0 - $1 }
        #expect(read.filter { $0.value > 0 && !$0.key.hasSuffix("_key") && !$0.key.hasSuffix("_pkey") }.isEmpty, "\(read)")
        #expect(read.values.reduce(0, +) < 200, "\(read)")
    }
}
