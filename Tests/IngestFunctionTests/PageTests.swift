import Foundation
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import IngestFunction

/// Long histories in pages, and names as each provider spells them.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct PageTests {
    /// Page `number` of an aggregates response, one day each; the address of the next one repeats the key, as the real one may not.
    private static func polygon(_ number: Int, of count: Int, _ host: String) -> String {
        let millis = (Instant("2012-01-03T05:00:00Z")!.seconds + Int64(number) * 86_400) * 1000
        let next = number + 1 < count ? #","next_url":"\#(host)/v2/aggs/next?cursor=p\#(number + 1)&apiKey=SECRET78""# : ""
        return #"{"status":"OK","adjusted":false,"results":[{"o":10,"h":11,"l":9,"c":10.\#(number),"v":1000,"t":\#(millis)}]\#(next)}"#
    }

    private func paged(_ count: Int, broken: Int? = nil, providers: String = "polygon") async throws -> Exchange {
        try await Exchange(providers: providers) { line, _, connection in
            let number = line.firstRange(of: "cursor=p").flatMap { Int(line[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
            if number == broken { return connection.answer(404, body: Array(#"{"status":"NOT_FOUND","message":"not found"}"#.utf8)) }
            // The host of the next page's address is another one: only its path counts.
            connection.answer(body: Array(Self.polygon(number, of: count, "https://elsewhere.example").utf8))
        }
    }

    @Test func `Every page is an object of its own and no address has the key`() async throws {
        let exchange = try await paged(4)
        defer { exchange.stop() }
        let summary = try await exchange.run()
        #expect(summary.stored == ["AAPL"])
        #expect(exchange.asked.count == 4 && exchange.asked.dropFirst().allSatisfy { $0.contains("/v2/aggs/next?cursor=p") })
        #expect(exchange.provider.seen.allSatisfy { $0.contains("Bearer SECRET78") })
        #expect(exchange.objects.count == 4 && exchange.objects.allSatisfy { $0.contains("/raw/polygon/aggregates-1d/") })
        #expect(!exchange.asked.joined().contains("SECRET") && !exchange.bodies.joined().contains("SECRET"))
        #expect(exchange.cloud.seen.allSatisfy { !$0.contains("SECRET78") })
        #expect(try await exchange.database.query("SELECT count(*) FROM run_responses WHERE object_key IS NOT NULL")[0][0] as Int == 4)
    }

    @Test func `Pagination without an end end`() async throws {
        let circle = try await Exchange(providers: "polygon") { _, _, connection in
            connection.answer(body: Array(Self.polygon(0, of: 2, "https://elsewhere.example").utf8))
        }
        defer { circle.stop() }
        #expect(try await circle.run().stored == ["AAPL"])
        #expect(circle.asked.count == 2)
        let endless = try await paged(.max)
        defer { endless.stop() }
        #expect(try await endless.run().stored == ["AAPL"])
        #expect(endless.asked.count == Pagination.largestPageCount)
    }

    @Test func `A refused page keeps the ones before`() async throws {
        let exchange = try await paged(4, broken: 2)
        defer { exchange.stop() }
        #expect(try await exchange.run().stored == ["AAPL"])
        #expect(exchange.objects.count { $0.contains("/raw/") } == 2)
    }

    @Test func `Tokens are followed too`() async throws {
        let exchange = try await Exchange(providers: "alpaca") { line, _, connection in
            let isFirst = !line.contains("page_token=")
            let bar = #"{"t":"2012-01-0\#(isFirst ? 3 : 4)T05:00:00Z","o":10,"h":11,"l":9,"c":10,"v":1000}"#
            let next = isFirst ? #""QUFQTHxE""# : "null"
            connection.answer(body: Array(#"{"bars":{"AAPL":[\#(bar)]},"next_page_token":\#(next)}"#.utf8))
        }
        defer { exchange.stop() }
        #expect(try await exchange.run().stored == ["AAPL"])
        #expect(exchange.objects.count == 2 && exchange.asked.map { $0.contains("page_token=QUFQTHxE") } == [false, true])
        #expect(exchange.provider.seen.allSatisfy { $0.contains("SECRET79") } && !exchange.asked.joined().contains("SECRET79"))
    }

    @Test(arguments: [
        ("BRK.B:XNYS", "XNYS", "yahoo", "/BRK-B?"), ("BRK-B:XNYS", "XNYS", "polygon", "/BRK.B/"),
        ("BRK/B:XNYS", "XNYS", "stooq", "s=brk-b.us&"),
        ("VOD:XLON:GBP", "XLON", "yahoo", "/VOD.L?"), ("VOD.LON:XLON:GBP", "XLON", "yahoo", "/VOD.L?"),
        ("TSCO.L:XLON:GBP", "XLON", "alphavantage", "symbol=TSCO.LON&"), ("BAJAJ-AUTO:XNSE:INR", "XNSE", "yahoo", "/BAJAJ-AUTO.NS?"),
    ])
    func `A name is asked for as the provider spells it`(
        _ entry: String, _ exchange: String, _ provider: String, _ asked: String
    ) async throws {
        let market = try await Exchange(universe: entry, providers: provider) { _, _, connection in connection.answer(404) }
        defer { market.stop() }
        let time = exchange == "XNSE" ? "12:00" : "23:30"
        _ = try await market.run(#"{"exchange":"\#(exchange)","time":"2012-01-10T\#(time):00Z"}"#, within: 15)
        #expect(market.asked.first?.contains(asked) == true, "\(market.asked)")
    }

    @Test func `What a provider cannot have is not asked for and the next one is`() async throws {
        let exchange = try await Exchange(universe: "VOD:XLON:GBP", providers: "alpaca,yahoo") { _, _, connection in
            connection.answer(body: Array(Exchange.chart.utf8))
        }
        defer { exchange.stop() }
        #expect(try await exchange.run(#"{"exchange":"XLON","time":"2012-01-10T23:30:00Z"}"#).stored == ["VOD"])
        #expect(exchange.asked.count == 1 && exchange.asked[0].contains("/VOD.L?"))
        let alone = try await Exchange(universe: "VOD:XLON:GBP", providers: "alpaca") { _, _, connection in connection.answer() }
        defer { alone.stop() }
        #expect(try await alone.run(#"{"exchange":"XLON","time":"2012-01-10T23:30:00Z"}"#).failed == ["VOD": "unknown-symbol"])
        #expect(alone.asked.isEmpty)
    }

    @Test func `A name recorded for a provider is its own spelling`() async throws {
        let exchange = try await Exchange(universe: "VOD:XLON:GBP", providers: "alpaca") { _, _, connection in connection.answer(404) }
        defer { exchange.stop() }
        _ = try await exchange.run(#"{"exchange":"XLON","time":"2012-01-09T23:30:00Z"}"#)
        let facts = #"{"instrument":"XLON:VOD","provider":"alpaca","symbol":"VOD-ADR","from":"2012-01-10"}"#
        _ = try await exchange.run(#"{"time":"2012-01-10T12:00:00Z","reference_data":{"symbols":[\#(facts)]}}"#)
        _ = try await exchange.run(#"{"exchange":"XLON","time":"2012-01-10T23:30:00Z"}"#, within: 15)
        #expect(exchange.asked.first?.contains("symbols=VOD-ADR&") == true)
    }
}
