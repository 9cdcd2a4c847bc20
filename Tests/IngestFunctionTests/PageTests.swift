import Foundation
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import IngestFunction

/// Long histories in pages, and symbols in each provider's spelling.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct PageTests {
    /// Page `number` of an aggregates response, one day each. The URL of the next page contains the API key, unlike the real one.
    private static func polygon(_ number: Int, of count: Int, _ host: String) -> String {
        let millis = (Instant("2012-01-03T05:00:00Z")!.seconds + Int64(number) * 86_400) * 1000
        let next = number + 1 < count ? #","next_url":"\#(host)/v2/aggs/next?cursor=p\#(number + 1)&apiKey=SECRET78""# : ""
        return #"{"status":"OK","adjusted":false,"results":[{"o":10,"h":11,"l":9,"c":10.\#(number),"v":1000,"t":\#(millis)}]\#(next)}"#
    }

    private func paged(_ count: Int, broken: Int? = nil, providers: String = "polygon") async throws -> IngestHarness {
        try await IngestHarness(providers: providers) { line, _, connection in
            let number = line.firstRange(of: "cursor=p").flatMap { Int(line[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
            if number == broken { return connection.respond(404, body: Array(#"{"status":"NOT_FOUND","message":"not found"}"#.utf8)) }
            // The next page's URL has another host: only its path is used.
            connection.respond(body: Array(Self.polygon(number, of: count, "https://elsewhere.example").utf8))
        }
    }

    @Test func `Every page is an object of its own and no stored URL has the key`() async throws {
        let harness = try await paged(4)
        defer { harness.stop() }
        let summary = try await harness.run()
        #expect(summary.stored == ["AAPL"])
        #expect(harness.requests.count == 4 && harness.requests.dropFirst().allSatisfy { $0.contains("/v2/aggs/next?cursor=p") })
        #expect(harness.provider.seen.allSatisfy { $0.contains("Bearer SECRET78") })
        #expect(harness.objects.count == 4 && harness.objects.allSatisfy { $0.contains("/raw/polygon/aggregates-1d/") })
        #expect(!harness.requests.joined().contains("SECRET") && !harness.bodies.joined().contains("SECRET"))
        #expect(harness.cloud.seen.allSatisfy { !$0.contains("SECRET78") })
        #expect(try await harness.database.query("SELECT count(*) FROM run_responses WHERE object_key IS NOT NULL")[0][0] as Int == 4)
    }

    @Test func `Pagination without an end is ended`() async throws {
        let circle = try await IngestHarness(providers: "polygon") { _, _, connection in
            connection.respond(body: Array(Self.polygon(0, of: 2, "https://elsewhere.example").utf8))
        }
        defer { circle.stop() }
        #expect(try await circle.run().stored == ["AAPL"])
        #expect(circle.requests.count == 2)
        let endless = try await paged(.max)
        defer { endless.stop() }
        #expect(try await endless.run().stored == ["AAPL"])
        #expect(endless.requests.count == Pagination.largestPageCount)
    }

    @Test func `A failed page keeps the pages before it`() async throws {
        let harness = try await paged(4, broken: 2)
        defer { harness.stop() }
        #expect(try await harness.run().stored == ["AAPL"])
        #expect(harness.objects.count { $0.contains("/raw/") } == 2)
    }

    @Test func `Page tokens are followed`() async throws {
        let harness = try await IngestHarness(providers: "alpaca") { line, _, connection in
            let isFirst = !line.contains("page_token=")
            let bar = #"{"t":"2012-01-0\#(isFirst ? 3 : 4)T05:00:00Z","o":10,"h":11,"l":9,"c":10,"v":1000}"#
            let next = isFirst ? #""QUFQTHxE""# : "null"
            connection.respond(body: Array(#"{"bars":{"AAPL":[\#(bar)]},"next_page_token":\#(next)}"#.utf8))
        }
        defer { harness.stop() }
        #expect(try await harness.run().stored == ["AAPL"])
        #expect(harness.objects.count == 2 && harness.requests.map { $0.contains("page_token=QUFQTHxE") } == [false, true])
        #expect(harness.provider.seen.allSatisfy { $0.contains("SECRET79") } && !harness.requests.joined().contains("SECRET79"))
    }

    @Test(arguments: [
        ("BRK.B:XNYS", "XNYS", "yahoo", "/BRK-B?"), ("BRK-B:XNYS", "XNYS", "polygon", "/BRK.B/"),
        ("BRK/B:XNYS", "XNYS", "stooq", "s=brk-b.us&"),
        ("VOD:XLON:GBP", "XLON", "yahoo", "/VOD.L?"), ("VOD.LON:XLON:GBP", "XLON", "yahoo", "/VOD.L?"),
        ("TSCO.L:XLON:GBP", "XLON", "alphavantage", "symbol=TSCO.LON&"), ("BAJAJ-AUTO:XNSE:INR", "XNSE", "yahoo", "/BAJAJ-AUTO.NS?"),
    ])
    func `A symbol is requested in the provider's spelling`(
        _ entry: String, _ exchange: String, _ provider: String, _ requested: String
    ) async throws {
        let market = try await IngestHarness(universe: entry, providers: provider) { _, _, connection in connection.respond(404) }
        defer { market.stop() }
        let time = exchange == "XNSE" ? "12:00" : "23:30"
        _ = try await market.run(#"{"exchange":"\#(exchange)","time":"2012-01-10T\#(time):00Z"}"#, within: 15)
        #expect(market.requests.first?.contains(requested) == true, "\(market.requests)")
    }

    @Test func `A symbol that a provider cannot have is requested from the next one`() async throws {
        let harness = try await IngestHarness(universe: "VOD:XLON:GBP", providers: "alpaca,yahoo") { _, _, connection in
            connection.respond(body: Array(IngestHarness.chart.utf8))
        }
        defer { harness.stop() }
        #expect(try await harness.run(#"{"exchange":"XLON","time":"2012-01-10T23:30:00Z"}"#).stored == ["VOD"])
        #expect(harness.requests.count == 1 && harness.requests[0].contains("/VOD.L?"))
        let alone = try await IngestHarness(universe: "VOD:XLON:GBP", providers: "alpaca") { _, _, connection in connection.respond() }
        defer { alone.stop() }
        #expect(try await alone.run(#"{"exchange":"XLON","time":"2012-01-10T23:30:00Z"}"#).failed == ["VOD": "unknown-symbol"])
        #expect(alone.requests.isEmpty)
    }

    @Test func `A symbol stored for a provider is in its spelling`() async throws {
        let harness = try await IngestHarness(universe: "VOD:XLON:GBP", providers: "alpaca") { _, _, connection in connection.respond(404) }
        defer { harness.stop() }
        _ = try await harness.run(#"{"exchange":"XLON","time":"2012-01-09T23:30:00Z"}"#)
        let facts = #"{"instrument":"XLON:VOD","provider":"alpaca","symbol":"VOD-ADR","from":"2012-01-10"}"#
        _ = try await harness.run(#"{"time":"2012-01-10T12:00:00Z","reference_data":{"symbols":[\#(facts)]}}"#)
        _ = try await harness.run(#"{"exchange":"XLON","time":"2012-01-10T23:30:00Z"}"#, within: 15)
        #expect(harness.requests.first?.contains("symbols=VOD-ADR&") == true)
    }
}
