import Foundation
import Store
import TestSupport
import Testing

@testable import IngestFunction

/// Providers that give no leave to ask for a while.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct LeaveTests {
    @Test func `Retry after is waited for by all`() async throws {
        let exchange = try await Exchange(universe: "A:XNAS,B:XNAS", providers: "yahoo") { _, count, connection in
            count == 0 ? connection.answer(429, headers: ["Retry-After: 2"]) : connection.answer(body: Array(Exchange.chart.utf8))
        }
        defer { exchange.stop() }
        let start = ContinuousClock.now
        let summary = try await exchange.run()
        #expect(summary.stored.count == 2)
        #expect(ContinuousClock.now - start > .seconds(1.5))
    }

    @Test func `Who is under maintenance is left alone and the next is asked`() async throws {
        let exchange = try await Exchange(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo,stooq", limits: #""per_minute":60000,"concurrency":1"#
        ) { line, _, connection in
            let page = "<html><title>Yahoo</title><body>Will be right back...</body></html>"
            let csv = "Date,Open,High,Low,Close,Volume\r\n2012-01-10,10,11,9,10,100\r\n"
            connection.answer(body: Array((line.contains("/v8/") ? page : csv).utf8))
        }
        defer { exchange.stop() }
        let summary = try await exchange.run(within: 20)
        #expect(summary.stored.sorted() == ["A", "B", "C"] && summary.continuations == 0, "\(summary)")
        #expect(exchange.asked.filter { $0.contains("/v8/") }.count == 1)
    }

    @Test func `Who never gives leave is given up after some invocations`() async throws {
        let exchange = try await Exchange(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo", limits: #""per_minute":60000,"concurrency":1"#
        ) {
            _, _, connection in connection.answer(429, headers: ["Retry-After: 600"])
        }
        defer { exchange.stop() }
        var summary = try await exchange.run(within: 11)
        var slices = 0
        while summary.continuations > 0, slices < 10 {
            slices += 1
            let slice = try #require(exchange.invoked.last { $0.contains("instruments") })
            summary = try await exchange.run(slice, within: 11)
        }
        #expect(slices == Ingest.idleInvocationLimit && summary.failed == ["A": "rate-limited", "B": "rate-limited", "C": "rate-limited"])
        #expect(exchange.asked.count == 1)
        #expect(try await Runs(exchange.database).progress("XNAS/\(Exchange.time)")?.isComplete == true)
    }

    @Test func `Who wants no questions for a minute is asked none`() async throws {
        let exchange = try await Exchange(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo", limits: #""per_minute":60000,"concurrency":1"#
        ) {
            _, _, connection in connection.answer(429)
        }
        defer { exchange.stop() }
        let summary = try await exchange.run(within: 12)
        #expect(exchange.asked.count == 1 && summary.continuations == 1 && summary.failed.isEmpty, "\(summary)")
    }

    @Test func `Who turns programs away is not asked about the rest`() async throws {
        let exchange = try await Exchange(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo", limits: #""per_minute":60000,"concurrency":1"#
        ) {
            _, _, connection in connection.answer(302, headers: ["Location: /consent"])
        }
        defer { exchange.stop() }
        let summary = try await exchange.run(within: 20)
        #expect(summary.failed == ["A": "blocked", "B": "blocked", "C": "blocked"] && exchange.asked.count == 1, "\(summary)")
    }

    @Test func `A pace too slow for one invocation is handed on`() async throws {
        let exchange = try await Exchange(universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo", limits: #""per_minute":2,"concurrency":1"#)
        {
            _, _, connection in connection.answer(body: Array(Exchange.chart.utf8))
        }
        defer { exchange.stop() }
        let summary = try await exchange.run(within: 10)
        #expect(summary.stored.count == 1 && summary.continuations == 1 && summary.failed.isEmpty)
        let slice = try #require(exchange.invoked.first)
        #expect(slice.contains("XNAS:") && slice.contains("XNAS\\/2012") || slice.contains("XNAS/2012"))
        #expect(try await Runs(exchange.database).progress("XNAS/\(Exchange.time)")?.isComplete == false)
    }
}
