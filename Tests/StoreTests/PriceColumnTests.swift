import Market
import Postgres
import Store
import TestSupport
import Testing

/// Prices with nine significant digits from 10⁻¹² to 10¹⁵ are equal by value after every table, and in the views of reporting tools.
@Suite struct PriceColumnTests {
    private static let count = 1000
    private let sessions = (0..<count).map { SessionDate(day: 12_000).advanced(by: $0) }
    private let prices: [Price]
    private let response = answer("2012-01-10T22:30:00Z")

    init() {
        var state: UInt64 = 5
        func below(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        prices = (0..<Self.count).map { index in
            // Nine digits d.dddddddd at each power of ten from 10⁻¹² to 10¹⁴.
            Price(Double("\(100_000_000 + below(900_000_000))e\(index % 27 - 20)")!)!
        }
    }

    private var bars: [Bar] { zip(sessions, prices).map { Bar(session: $0, open: $1, high: $1, low: $1, close: $1, volume: 1) } }

    private func withApple() async throws -> Database {
        let database = try await freshDatabase()
        try await Instruments(database).register([apple])
        return database
    }

    /// A numeric column's text for each row.
    private func texts(_ database: Database, _ sql: String) async throws -> [String] {
        try await database.query(sql).all { row throws(PostgresError) in try row[0] }
    }

    @Test func `The prices span the range`() {
        #expect(
            prices.min()! < Price(1e-11)! && prices.max()! > Price(1e14)! && prices.allSatisfy { $0.double >= 1e-12 && $0.double <= 1e15 })
    }

    @Test func `Bars and their reporting view`() async throws {
        let database = try await withApple()
        try await Bars(database).insert(bars, from: response, currency: "USD", available: closed)
        #expect(try await Bars(database).read(apple.id, .recorded(response.knownAt)) == bars)
        for column in ["open", "high", "low", "close"] {
            let shown = try await texts(database, "SELECT \(column)::text FROM reporting.bars ORDER BY session")
            #expect(shown == prices.map(\.description), "\(column)")
        }
    }

    @Test func `Provisional bars`() async throws {
        let database = try await withApple()
        try await ProvisionalBars(database).insert(bars, from: response, currency: "USD")
        #expect(try await ProvisionalBars(database).read(apple.id, asOf: response.knownAt) == bars)
    }

    @Test func `Dividends and their reporting view`() async throws {
        let database = try await withApple()
        let actions = zip(sessions, prices).map { CorporateAction(exDate: $0, kind: .dividend($1)) }
        try await CorporateActions(database).insert(actions, from: response, covering: nil, available: closed)
        #expect(try await CorporateActions(database).read(apple.id, .recorded(response.knownAt)) == actions)
        let shown = try await texts(database, "SELECT amount::text FROM reporting.corporate_actions ORDER BY ex_date")
        #expect(shown == prices.map(\.description))
    }

    @Test func `The origin close of forecasts and its reporting view`() async throws {
        let database = try await withApple()
        let fixture = ForecastTests()
        try await ModelRegistry(database).register(fixture.model("m1", asOf: "2001-01-01T00:00:00Z"))
        try await ModelRegistry(database).register(fixture.model("w", asOf: "2001-01-01T00:00:00Z", family: "random-walk"))
        try await Promotions(database).promote("m1", asOf: "2001-01-01T00:00:00Z", reason: "first")
        let features = FeatureStore(database, version: "f1", crossWidth: 0)
        let forecasts: [Forecast] = zip(sessions, prices).prefix(60).map { session, price in
            Forecast(
                model: "m1", instrument: apple.id, session: session, featureVersion: "f1", dataVersion: "00000000000000d1", horizon: 1,
                role: "champion", asOf: closed(session), originClose: price, currency: "USD", quantiles: (0..<7).map { Double($0) },
                baselineModel: "w", baselineQuantiles: (0..<7).map { Double($0) }, probabilityOfLoss: 0.5)
        }
        #expect(try await Forecasts(database).store(forecasts) == 60)
        for forecast in forecasts {
            try await features.insert(
                [FeatureRecord(session: forecast.session, values: [0], logReturn: 0, extras: [])],
                from: answer(closed(forecast.session)), available: closed)
            let champion = try #require(try await ModelRegistry(database).champion(asOf: forecast.asOf, featureVersion: "f1"))
            let stored = try await Forecasts(database).latest(
                symbol: "AAPL", asOf: forecast.asOf, members: [champion], featureVersion: "f1")
            #expect(stored?.families.first?.forecasts == [forecast])
        }
        let shown = try await texts(database, "SELECT origin_close::text FROM reporting.forecasts ORDER BY session")
        #expect(shown == forecasts.map(\.originClose.description))
    }
}
