import Features
import Forecasting
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import PredictFunction

/// Forecast responses from a database of its own: the expected sessions, and expired features.
@Suite struct ForecastEndpointTests {
    let apple = Instrument(id: "XNAS:AAPL", symbol: "AAPL", exchange: "XNAS", currency: "USD", name: "Apple")
    let origin = SessionDate(year: 2012, month: 1, day: 3)

    /// One forecast from the evening of 2012-01-03.
    private func market() async throws -> (environment: [String: String], Database) {
        let (database, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: database)
        try await Instruments(database).register([apple])
        let evening = try #require(Instant("2012-01-03T22:30:00Z"))
        let features = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
        let own = [Float](repeating: .nan, count: FeatureSet.symbolNames.count)
        let answer = ProviderResponse(
            key: "raw/a", instrument: apple.id, provider: "yahoo", kind: "chart-1d", knownAt: evening, fetchedAt: evening, sha256: "aa")
        let row = FeatureRecord(session: origin, values: own, logReturn: 0.01, extras: [Double](repeating: 0, count: 8))
        try await features.insert([row], from: answer) { _ in evening }
        let trained = evening.adding(seconds: -86_400)
        for (id, family) in [("m1", "blended-fhs"), ("w1", "random-walk")] {
            _ = try await ModelRegistry(database).register(
                ModelVersion(
                    id: id, family: family, asOf: trained, featureVersion: FeatureSet.version, configuration: "{}", dataVersion: "d",
                    codeVersion: "c", seed: 1, windowFrom: origin, windowTo: origin, metrics: "{}", artifactKey: "models/\(id)",
                    artifactSHA256: "00"))
        }
        _ = try await Promotions(database).promote("m1", asOf: trained, reason: "the first champion")
        try await Forecasts(database).store(
            Quantiles.horizons.map { horizon in
                Forecast(
                    model: "m1", instrument: apple.id, session: origin, featureVersion: FeatureSet.version,
                    dataVersion: "00000000000000d0", horizon: horizon, role: "champion", asOf: evening, originClose: Price(411.23)!,
                    currency: "USD",
                    quantiles: (-3...3).map { Double($0) / 100 }, baselineModel: "w1", baselineQuantiles: (-3...3).map { Double($0) / 100 },
                    probabilityOfLoss: 0.5)
            })
        let environment = [
            "DATABASE_URL": PostgresCluster.shared.url(name), "PGPASSWORD": PostgresCluster.shared.password, "BUCKET": "b",
            "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_REGION": "us-east-1",
        ]
        return (environment, database)
    }

    @Test func `The expected sessions leave out a closure announced at short notice`() async throws {
        let (environment, database) = try await market()
        let predict = try await Predict(environment)
        let regular = try await predict.requestForecast(at: "2012-01-03T23:00:00Z")
        #expect(regular.status == 200 && regular.body.expectedSessions?.prefix(3) == ["2012-01-04", "2012-01-05", "2012-01-06"])
        let day = SessionDate(year: 2012, month: 1, day: 5)
        try await ExchangeCalendars(database).record(
            [.init(exchange: "XNAS", day: day, closed: true, reason: "mourning")], knownAt: try #require(Instant("2012-01-04T12:00:00Z")))
        let closed = try await predict.requestForecast(at: "2012-01-04T13:00:00Z")
        #expect(closed.body.expectedSessions?.prefix(3) == ["2012-01-04", "2012-01-06", "2012-01-09"])
        #expect(closed.body.expectedSessions?.count == 20)
    }

    @Test func `Features expire by sessions of the exchange`() async throws {
        let (environment, database) = try await market()
        let predict = try await Predict(environment)
        // The sessions of the 4th, 5th, 6th, 9th and 10th have closed.
        #expect(try await predict.requestForecast(at: "2012-01-11T13:00:00Z").status == 200)
        let old = try await predict.requestForecast(at: "2012-01-11T23:00:00Z")
        #expect(old.status == 409 && old.body.type?.hasSuffix("features-expired") == true)
        #expect(old.body.detail?.contains("2012-01-03") == true && old.body.detail?.contains("6 sessions") == true)
        let day = SessionDate(year: 2012, month: 1, day: 6)
        try await ExchangeCalendars(database).record(
            [.init(exchange: "XNAS", day: day, closed: true, reason: "mourning")], knownAt: try #require(Instant("2012-01-05T12:00:00Z")))
        let fresh = try await Predict(environment)
        #expect(try await fresh.requestForecast(at: "2012-01-11T23:00:00Z").status == 200, "a closed day does not count")
        #expect(try await fresh.requestForecast(at: "2012-01-12T23:00:00Z").status == 409)
    }
}
