import AWS
import Features
import Forecasting
import Foundation
import LambdaRuntime
import Market
import Postgres
import Store
import Synchronization
import TestSupport
import Testing

@testable import PredictFunction

/// The champion's only artifact was changed after it was registered.
@Suite struct UnusableModelTests {
    private let apple = Instrument(id: "XNAS:AAPL", symbol: "AAPL", exchange: "XNAS", currency: "USD", name: "Apple")
    private let last = SessionDate(year: 2012, month: 1, day: 3)
    private let sessions = 200

    /// The objects of the bucket, by their request path.
    private final class Bucket: Sendable {
        let objects = Mutex<[String: [UInt8]]>([:])
    }

    private struct Market: Sendable {
        let predict: Predict
        let database: Database
        let bucket: Bucket
        let server: LoopbackServer
        let set: TrainingSet
        let evening: Instant
    }

    /// An evening with versions of the fallback and the random walk, and a champion (climatology) whose artifact was changed.
    private func market() async throws -> Market {
        let (database, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: database)
        try await Instruments(database).register([apple])
        let evening = try #require(Instant("2012-01-03T22:30:00Z"))
        let days = (0..<sessions).map { last.advanced(by: $0 - sessions + 1) }
        let returns = days.indices.map { 0.01 * (Double($0 * 7 % 11) - 5) / 5 }
        let answer = ProviderResponse(
            key: "raw/a", instrument: apple.id, provider: "yahoo", kind: "chart-1d", knownAt: evening, fetchedAt: evening, sha256: "aa")
        let own = [Float](repeating: .nan, count: FeatureSet.symbolNames.count)
        let records = zip(days, returns).map { day, value in
            FeatureRecord(session: day, values: own, logReturn: value, extras: [value, 0.01, 0.01, 0.01, 0, 0, 0, 0])
        }
        try await FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
            .insert(records, from: answer) { _ in evening }
        let bar = Bar(session: last, open: Price(411)!, high: Price(413)!, low: Price(410)!, close: Price(411.23)!, volume: 1e6)
        _ = try await Bars(database).insert([ValidatedBar(bar)], from: answer, currency: "USD") { _ in evening }
        let volatility = [Double](repeating: 0.01, count: sessions)
        let history = try History(
            id: apple.id, layout: FeatureLayout(version: FeatureSet.version, names: [], sequence: []), sessions: days, features: [],
            logLevel: returns.reduce(into: []) { $0.append(($0.last ?? 0) + $1) }, sigma97: volatility, blend: volatility)
        let bucket = Bucket()
        let server = LoopbackServer.responding { request, _, connection in
            let path = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            guard let bytes = bucket.objects.withLock({ $0[path] }) else { return connection.respond(404) }
            connection.respond(body: bytes)
        }
        let predict = try await Predict([
            "DATABASE_URL": PostgresCluster.shared.url(name), "PGPASSWORD": PostgresCluster.shared.password, "BUCKET": "bucket",
            "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_S3": server.url,
        ])
        let market = Market(
            predict: predict, database: database, bucket: bucket, server: server,
            set: TrainingSet(histories: [history], cut: last.advanced(by: -1)), evening: evening)
        let trained = evening.adding(seconds: -86_400)
        let models: [any ForecastModel] = [
            try RandomWalk.fit(market.set), try BlendedFHS.fit(market.set), try Climatology.fit(market.set),
        ]
        for model in models {
            try await register(model, "\(model.family)-1", asOf: trained, market)
        }
        bucket.objects.withLock { $0["/bucket/models/climatology-1"]?[40] ^= 1 }
        try await Promotions(database).promote("climatology-1", asOf: trained, reason: "a test")
        try await Runs(database).open(Run(id: "XNAS/1", exchange: "XNAS", asOf: evening, session: last, expected: [apple.id]))
        return market
    }

    private func register(_ model: any ForecastModel, _ id: String, asOf: Instant, _ market: Market) async throws {
        let bytes = try model.state().encoded()
        market.bucket.objects.withLock { $0["/bucket/models/\(id)"] = bytes }
        try await ModelRegistry(market.database).register(
            ModelVersion(
                id: id, family: model.family, asOf: asOf, featureVersion: FeatureSet.version, configuration: "{}", dataVersion: "d",
                codeVersion: "c",
                seed: 1, windowFrom: last, windowTo: last, metrics: "{}", artifactKey: "models/\(id)",
                artifactSHA256: Digest.sha256Hex(bytes)))
    }

    @Test func `The other families are forecast all the same`() async throws {
        let market = try await market()
        defer { market.server.stop() }
        let raw = try await market.predict.handle(.slice(run: "XNAS/1", instruments: [apple.id]), Context())
        let summary = try #require(JSONSerialization.jsonObject(with: Data(raw.bytes)) as? [String: Any])
        #expect(summary["stored"] as? Int == 3)
        let reason = try #require((summary["unusable_families"] as? [String: String])?["climatology"])
        #expect(reason.contains("models/climatology-1"), "\(reason)")
        let stored = try await market.database.query("SELECT model_id, role, horizon::integer FROM reporting.forecasts ORDER BY horizon")
            .all { row throws(PostgresError) in "\(try row[0] as String) \(try row[1] as String) \(try row[2] as Int)" }
        #expect(stored == ["blended-fhs-1 fallback 1", "blended-fhs-1 fallback 5", "blended-fhs-1 fallback 20"])
    }

    @Test func `The API says what to do and a new version serves at once`() async throws {
        let market = try await market()
        defer { market.server.stop() }
        try await Forecasts(market.database).store(
            Quantiles.horizons.map { horizon in
                Forecast(
                    model: "climatology-1", instrument: apple.id, session: last.advanced(by: -1), featureVersion: FeatureSet.version,
                    dataVersion: "00000000000000d0", horizon: horizon, role: "champion", asOf: market.evening.adding(seconds: -3600),
                    originClose: Price(410)!, currency: "USD", quantiles: (-3...3).map { Double($0) / 100 }, baselineModel: "random-walk-1",
                    baselineQuantiles: (-3...3).map { Double($0) / 100 }, probabilityOfLoss: 0.5)
            })
        // The forecast of the session before is not served, also not to a second request.
        for _ in 0..<2 {
            let problem = try await market.predict.requestForecast(at: "2012-01-03T23:00:00Z")
            #expect(problem.status == 503 && problem.body.type == "urn:bellwether:problem:no-usable-model")
            #expect(problem.body.detail?.contains(#"{"families":["climatology"]}' | bellwether invoke Train"#) == true, "\(problem.body)")
        }
        let later = market.evening.adding(seconds: 60)
        try await register(try Climatology.fit(market.set), "climatology-2", asOf: later, market)
        // A request stores nothing, also when it is repeated.
        let before = try await market.database.query("SELECT count(*) FROM forecasts")[0][0] as Int
        for _ in 0..<2 {
            let response = try await market.predict.requestForecast(at: "2012-01-03T23:00:00Z")
            #expect(response.status == 200 && response.body.session == "2012-01-03")
        }
        #expect(try await market.database.query("SELECT count(*) FROM forecasts")[0][0] as Int == before)
        // Nor does it keep the evening from publishing. A run that is announced again after the next session is hindsight.
        let next = Run(
            id: "XNAS/2", exchange: "XNAS", asOf: market.evening.adding(seconds: 86_400), session: last.advanced(by: 1),
            expected: [apple.id])
        for isPast in [false, true] {
            if isPast {
                try await market.database.execute("DELETE FROM forecasts")
                try await Runs(market.database).open(next)
            }
            _ = try await market.predict.handle(.slice(run: "XNAS/1", instruments: [apple.id]), Context())
            let marks = try await market.database.query(
                "SELECT DISTINCT hindsight FROM forecasts f JOIN models m ON m.number = f.model WHERE m.id = 'blended-fhs-1'"
            )
            .all { row throws(PostgresError) in try row[0] as Bool }
            #expect(marks == [isPast])
        }
    }

    @Test func `Without the random walk no forecast is served`() async throws {
        let market = try await market()
        defer { market.server.stop() }
        _ = market.bucket.objects.withLock { $0.removeValue(forKey: "/bucket/models/random-walk-1") }
        let problem = try await market.predict.requestForecast(at: "2012-01-03T23:00:00Z")
        #expect(problem.status == 503 && problem.body.type == "urn:bellwether:problem:no-usable-model")
        let detail = try #require(problem.body.detail)
        #expect(detail.contains("random-walk") && !detail.contains("models promote"), "no other family could serve")
        // The slice of a run ends with that state and is no dead letter.
        let raw = try await market.predict.handle(.slice(run: "XNAS/1", instruments: [apple.id]), Context())
        let summary = try #require(JSONSerialization.jsonObject(with: Data(raw.bytes)) as? [String: Any])
        #expect(summary["stored"] as? Int == 0 && (summary["note"] as? String)?.contains("random-walk") == true)
        #expect((summary["unusable_families"] as? [String: String])?.keys.first == "random-walk")
    }
}
