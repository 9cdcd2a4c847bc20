import Foundation
import LambdaEvents
import LambdaRuntime
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import DashboardFunction

/// What there is of each instrument, page by page.
@Suite struct DataTests {
    private let names = ["A", "B", "C", "D", "E"]

    private func dashboard() async throws -> Dashboard {
        let (database, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: database)
        try await Instruments(database).register(
            names.map { Instrument(id: "XNAS:\($0)", symbol: $0, exchange: "XNAS", currency: "USD", name: $0) })
        let known = try #require(Instant("2012-01-11T22:30:00Z"))
        let sessions = try #require(TradingCalendar.of(mic: "XNAS")).sessions(
            from: SessionDate(year: 2012, month: 1, day: 3), through: SessionDate(year: 2012, month: 1, day: 11))
        for (index, name) in names.enumerated() {
            let answer = Answer(
                key: "raw/csv/daily/\(name)", instrument: "XNAS:\(name)", provider: "csv", kind: "daily", knownAt: known, fetchedAt: known,
                sha256: name)
            let bars = sessions.dropLast(index).map {
                Bar(session: $0, open: Price(10), high: Price(10), low: Price(10), close: Price(10), volume: 1)
            }
            try await Bars(database).insert(bars.map { ScreenedBar($0) }, from: answer, currency: "USD") { _ in known }
            let wrong = ["order", "price"].map {
                QuarantinedRow(ordinal: 9, session: sessions[1], violation: Violation(rule: $0, detail: "d"), text: "row")
            }
            if index == 0 { try await QuarantineLog(database).insert(wrong, from: answer) }
            try await RawObjects(database).record(answer, bars: bars.count, actions: 0, rejected: 0)
        }
        return try await Dashboard([
            "DATABASE_URL": PostgresCluster.shared.url(name), "PGPASSWORD": PostgresCluster.shared.password,
        ])
    }

    private struct Status: Decodable {
        struct Symbol: Decodable {
            let symbol: String
            let missing: Int
            let gaps: [String]
        }
        let symbols: [Symbol]
        let next: String?
    }

    private func ask(_ dashboard: Dashboard, _ path: String, _ query: [String: String]) async throws -> HTTPAPIResponse {
        let parameters = String(decoding: try JSONEncoder().encode(query), as: UTF8.self)
        let event = """
            {"version": "2.0", "routeKey": "GET \(path)", "rawPath": "\(path)", "rawQueryString": "", "headers": {},
             "queryStringParameters": \(parameters), "isBase64Encoded": false,
             "requestContext": {"accountId": "1", "apiId": "a", "domainName": "d", "domainPrefix": "p", "http": {"method": "GET",
             "path": "\(path)", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t"}, "requestId": "r",
             "routeKey": "r", "stage": "$default", "time": "t", "timeEpoch": 1326409200000}}
            """
        let request = try JSONDecoder().decode(HTTPAPIRequest.self, from: Data(event.utf8))
        return try await dashboard.handle(request, Context(deadline: .after(.seconds(20))))
    }

    private func status(_ dashboard: Dashboard, _ query: [String: String]) async throws -> Status {
        let response = try await ask(dashboard, "/v1/data/status", query)
        return try JSONDecoder().decode(Status.self, from: Data((response.body ?? "").utf8))
    }

    @Test func pagesFollowEachOtherToTheLastInstrument() async throws {
        let dashboard = try await dashboard()
        let whole = try await status(dashboard, [:])
        #expect(whole.symbols.map(\.symbol) == names && whole.next == nil)
        // The last session that has closed is the twelfth of January.
        #expect(whole.symbols.map(\.missing) == [1, 2, 3, 4, 5] && whole.symbols[1].gaps == ["2012-01-11", "2012-01-12"])
        var (found, query): ([String], [String: String]) = ([], ["limit": "2"])
        repeat {
            let page = try await status(dashboard, query)
            found += page.symbols.map(\.symbol)
            query["after"] = page.next
        } while query["after"] != nil
        #expect(found == names)
        #expect(try await status(dashboard, ["limit": "5"]).next == nil)
    }

    @Test func severalSymbolsAreNamedByCommas() async throws {
        let dashboard = try await dashboard()
        #expect(try await status(dashboard, ["symbol": "XNAS:D,B"]).symbols.map(\.symbol) == ["B", "D"])
        #expect(try await ask(dashboard, "/v1/data/status", ["symbol": "B,NOPE"]).statusCode == 404)
        #expect(try await ask(dashboard, "/v1/data/status", ["symbol": ","]).statusCode == 404)
    }

    @Test func whatBecameOfAnObjectIsTold() async throws {
        struct Told: Decodable {
            let folded: Bool
            let bars, held_back: Int
            let rows: [[String: String]]
        }
        let dashboard = try await dashboard()
        func told(_ key: String) async throws -> Told {
            let response = try await ask(dashboard, "/v1/data/answer", ["object": key])
            return try JSONDecoder().decode(Told.self, from: Data((response.body ?? "").utf8))
        }
        let known = try await told("raw/csv/daily/A")
        #expect(known.folded && known.bars == 7 && known.held_back == 1 && known.rows.map { $0["rule"] } == ["order", "price"])
        #expect(try await !told("raw/csv/daily/none").folded)
        #expect(try await ask(dashboard, "/v1/data/answer", [:]).statusCode == 400)
    }
}
