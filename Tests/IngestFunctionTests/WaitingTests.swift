import Foundation
import Store
import TestSupport
import Testing

@testable import IngestFunction

/// Providers that allow no request for a while.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct WaitingTests {
    @Test func `All requests wait for Retry-After`() async throws {
        let harness = try await IngestHarness(universe: "A:XNAS,B:XNAS", providers: "yahoo") { _, count, connection in
            count == 0 ? connection.respond(429, headers: ["Retry-After: 2"]) : connection.respond(body: Array(IngestHarness.chart.utf8))
        }
        defer { harness.stop() }
        let start = ContinuousClock.now
        let summary = try await harness.run()
        #expect(summary.stored.count == 2)
        #expect(ContinuousClock.now - start > .seconds(1.5))
    }

    @Test func `A provider under maintenance is not queried again and the next one is`() async throws {
        let harness = try await IngestHarness(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo,stooq", limits: #""per_minute":60000,"concurrency":1"#
        ) { line, _, connection in
            let page = "<html><title>Yahoo</title><body>Will be right back...</body></html>"
            let csv = "Date,Open,High,Low,Close,Volume\r\n2012-01-10,10,11,9,10,100\r\n"
            connection.respond(body: Array((line.contains("/v8/") ? page : csv).utf8))
        }
        defer { harness.stop() }
        let summary = try await harness.run(within: 20)
        #expect(summary.stored.sorted() == ["A", "B", "C"] && summary.continuations == 0, "\(summary)")
        #expect(harness.requests.filter { $0.contains("/v8/") }.count == 1)
    }

    @Test func `A provider without free requests is given up after some invocations`() async throws {
        let harness = try await IngestHarness(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo", limits: #""per_minute":60000,"concurrency":1"#
        ) {
            _, _, connection in connection.respond(429, headers: ["Retry-After: 600"])
        }
        defer { harness.stop() }
        var summary = try await harness.run(within: 11)
        var slices = 0
        while summary.continuations > 0, slices < 10 {
            slices += 1
            let slice = try #require(harness.enqueued.last { $0.contains("instruments") })
            summary = try await harness.run(slice, within: 11)
        }
        #expect(slices == Ingest.idleInvocationLimit && summary.failed == ["A": "rate-limited", "B": "rate-limited", "C": "rate-limited"])
        #expect(harness.requests.count == 1)
        #expect(try await Runs(harness.database).progress("XNAS/\(IngestHarness.time)")?.isComplete == true)
    }

    @Test func `A provider that allows no request for a minute gets none`() async throws {
        let harness = try await IngestHarness(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo", limits: #""per_minute":60000,"concurrency":1"#
        ) {
            _, _, connection in connection.respond(429)
        }
        defer { harness.stop() }
        let summary = try await harness.run(within: 12)
        #expect(harness.requests.count == 1 && summary.continuations == 1 && summary.failed.isEmpty, "\(summary)")
    }

    @Test func `A provider that blocks automated requests gets no further one`() async throws {
        let harness = try await IngestHarness(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo", limits: #""per_minute":60000,"concurrency":1"#
        ) {
            _, _, connection in connection.respond(302, headers: ["Location: /consent"])
        }
        defer { harness.stop() }
        let summary = try await harness.run(within: 20)
        #expect(summary.failed == ["A": "blocked", "B": "blocked", "C": "blocked"] && harness.requests.count == 1, "\(summary)")
    }

    @Test func `Requests that do not fit into one invocation are continued in another`() async throws {
        let harness = try await IngestHarness(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "yahoo", limits: #""per_minute":2,"concurrency":1"#
        ) {
            _, _, connection in connection.respond(body: Array(IngestHarness.chart.utf8))
        }
        defer { harness.stop() }
        let summary = try await harness.run(within: 10)
        #expect(summary.stored.count == 1 && summary.continuations == 1 && summary.failed.isEmpty)
        let slice = try #require(harness.enqueued.first)
        #expect(slice.contains("XNAS:") && slice.contains("XNAS\\/2012") || slice.contains("XNAS/2012"))
        #expect(try await Runs(harness.database).progress("XNAS/\(IngestHarness.time)")?.isComplete == false)
    }
}
