import Foundation
import LambdaEvents
import LambdaRuntime
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import DashboardFunction

/// Bars of a provider without actions, with the splits of another provider.
@Suite struct BarsTests {
    private let apple = Instrument(id: "XNAS:AAPL", symbol: "AAPL", exchange: "XNAS", currency: "USD", name: "Apple")

    private func dashboard() async throws -> Dashboard {
        let (database, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: database)
        try await Instruments(database).register([apple])
        let known = try #require(Instant("2012-01-11T22:30:00Z"))
        func answer(_ provider: String, _ kind: String) -> ProviderResponse {
            ProviderResponse(
                key: "raw/\(provider)", instrument: apple.id, provider: provider, kind: kind, knownAt: known, fetchedAt: known,
                sha256: provider)
        }
        let sessions = try #require(TradingCalendar.of(mic: "XNAS")).sessions(
            from: SessionDate(year: 2012, month: 1, day: 3), through: SessionDate(year: 2012, month: 1, day: 11))
        let exDate = SessionDate(year: 2012, month: 1, day: 9)
        let bars = sessions.map { session in
            let price = Price(session < exDate ? 100 : 50)!
            return Bar(session: session, open: price, high: price, low: price, close: price, volume: 1000)
        }
        let (stooq, yahoo) = (answer("stooq", "daily"), answer("yahoo", "chart-1d"))
        try await Bars(database).insert(bars.map { ValidatedBar($0) }, from: stooq, currency: "USD") { _ in known }
        let split = CorporateAction(exDate: exDate, kind: .split(numerator: 2, denominator: 1))
        let dividend = CorporateAction(exDate: SessionDate(year: 2012, month: 1, day: 11), kind: .dividend(Price(5)!), nature: .special)
        try await CorporateActions(database).insert([split, dividend], from: yahoo, covering: nil) { _ in known }
        for response in [stooq, yahoo] {
            try await ProviderResponses(database).record(response, ProviderResponses.Counts(bars: 1, actions: 0, quarantined: 0))
        }
        return try await Dashboard([
            "DATABASE_URL": PostgresCluster.shared.url(name), "PGPASSWORD": PostgresCluster.shared.password, "PROVIDERS": "stooq,yahoo",
        ])
    }

    private struct Chart: Decodable {
        struct Bar: Decodable { let session: String, close, volume: Double }
        struct Action: Decodable {
            let ex_date: String
            let nature: String?
        }
        let bars: [Bar]
        let actions: [Action]
    }

    private func ask(_ dashboard: Dashboard, _ query: [String: String]) async throws -> Chart {
        let parameters = String(decoding: try JSONEncoder().encode(query), as: UTF8.self)
        let event = """
            {"version": "2.0", "routeKey": "GET /v1/bars/{symbol}", "rawPath": "/v1/bars/AAPL", "rawQueryString": "", "headers": {},
             "pathParameters": {"symbol": "AAPL"}, "queryStringParameters": \(parameters), "isBase64Encoded": false,
             "requestContext": {"accountId": "1", "apiId": "a", "domainName": "d", "domainPrefix": "p", "http": {"method": "GET",
             "path": "/v1/bars/AAPL", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t"}, "requestId": "r",
             "routeKey": "r", "stage": "$default", "time": "t", "timeEpoch": 1326409200000}}
            """
        let request = try JSONDecoder().decode(HTTPAPIRequest.self, from: Data(event.utf8))
        let response = try await dashboard.handle(request, Context(deadline: .after(.seconds(20))))
        #expect(response.statusCode == 200)
        return try JSONDecoder().decode(Chart.self, from: Data((response.body ?? "").utf8))
    }

    @Test func `The bars of a source without actions use the splits of the next source`() async throws {
        let chart = try await ask(try await dashboard(), [:])
        #expect(chart.bars.count == 7 && chart.bars.allSatisfy { $0.close == 50 })
        #expect(chart.bars.map(\.volume) == [2000, 2000, 2000, 2000, 1000, 1000, 1000])
        #expect(chart.actions.map(\.ex_date) == ["2012-01-09", "2012-01-11"] && chart.actions.map(\.nature) == [nil, "special"])
    }

    @Test func `Prices of any market are equal by value in the response`() async throws {
        let dashboard = try await dashboard()
        let known = try #require(Instant("2012-01-11T22:31:00Z"))
        let first = SessionDate(day: 10_000)
        let prices = (0..<270).map { index in
            Price(Double("\(100_000_001 + 3_333_333 * index)e\(index % 27 - 20)")!)!
        }
        #expect(prices.min()! < Price(1e-11)! && prices.max()! > Price(1e14)!)
        let bars = prices.enumerated().map {
            Bar(session: first.advanced(by: $0), open: $1, high: $1, low: $1, close: $1, volume: 1)
        }
        let response = ProviderResponse(
            key: "raw/yahoo/2", instrument: apple.id, provider: "yahoo", kind: "chart-1d", knownAt: known, fetchedAt: known, sha256: "b")
        try await Bars(dashboard.database).insert(bars.map { ValidatedBar($0) }, from: response, currency: "USD") { _ in known }
        let to = first.advanced(by: 269).description
        let traded = try await ask(dashboard, ["to": to, "adjustment": "none"])
        #expect(traded.bars.map(\.close) == prices.map(\.double))
        // A split of 2:1 and a dividend follow; halves of nine digits have ten.
        let adjusted = try await ask(dashboard, ["to": to])
        #expect(adjusted.bars.map(\.close) == prices.map { PriceFactor(over: 2).scaled($0.double) })
    }

    @Test func `A total return includes dividends`() async throws {
        let chart = try await ask(try await dashboard(), ["adjustment": "total"])
        #expect(chart.bars.dropLast().allSatisfy { abs($0.close - 45) < 1e-9 } && chart.bars.last?.close == 50)
        #expect(chart.bars.map(\.volume) == [2000, 2000, 2000, 2000, 1000, 1000, 1000])
    }

    @Test func `Bars before a later split are adjusted for it`() async throws {
        let dashboard = try await dashboard()
        let chart = try await ask(dashboard, ["to": "2012-01-06", "limit": "2"])
        #expect(chart.bars.map(\.session) == ["2012-01-05", "2012-01-06"] && chart.bars.allSatisfy { $0.close == 50 })
        #expect(chart.actions.isEmpty)
        let total = try await ask(dashboard, ["to": "2012-01-06", "limit": "2", "adjustment": "total"])
        #expect(total.bars.allSatisfy { abs($0.close - 45) < 1e-9 && $0.volume == 2000 })
        #expect(try await ask(dashboard, ["to": "2012-01-06", "adjustment": "none"]).bars.allSatisfy { $0.close == 100 })
    }
}
