import Foundation
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import IngestFunction

/// Providers that fail, limit requests, break off and send errors with status 200, and an S3 that fails: nothing is lost or duplicated.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct ProviderTests {
    @Test func `The second provider is queried when the first fails and both responses are archived`() async throws {
        let harness = try await IngestHarness { line, _, connection in
            line.contains("/query?")
                ? connection.respond(body: Array(#"{"Error Message":"Invalid API call for SECRET77"}"#.utf8))
                : connection.respond(body: Array(IngestHarness.chart.utf8))
        }
        defer { harness.stop() }
        let summary = try await harness.run()
        #expect(summary.stored == ["AAPL"] && summary.failed.isEmpty)
        #expect(harness.objects.count == 2)
        #expect(harness.objects.contains { $0.contains("/rejected/alphavantage/daily-adjusted/") })
        #expect(harness.objects.contains { $0.contains("/raw/yahoo/chart-1d/") })
        #expect(!harness.bodies.joined().contains("SECRET77"))
        #expect(
            try await harness.database.query("SELECT object_key FROM run_responses")[0][0] as String
                == harness.objects.first { $0.contains("yahoo") }?.split(separator: "/").dropFirst().joined(separator: "/")
                .removingPercentEncoding)
    }

    @Test func `A quota ends the run and the next run starts with the remaining instruments`() async throws {
        let universe = (1...5).map { "T\($0):XNAS" }.joined(separator: ",")
        let harness = try await IngestHarness(
            universe: universe, providers: "alphavantage", limits: #""per_minute":60000,"per_day":3,"concurrency":1"#
        ) {
            _, _, connection in connection.respond(body: Array(IngestHarness.csv.utf8))
        }
        defer { harness.stop() }
        let first = try await harness.run()
        #expect(first.stored.count == 3 && first.failed.count == 2 && Set(first.failed.values) == ["daily-quota"])
        #expect(harness.requests.count == 3)
        #expect(try await Runs(harness.database).progress("XNAS/\(IngestHarness.time)")?.failures.count == 2)
        // Projects the responses, as Featurize does.
        for symbol in first.stored {
            let key = "raw/\(symbol)"
            try await ProviderResponses(harness.database).record(
                ProviderResponse(
                    key: key, instrument: "XNAS:\(symbol)", provider: "alphavantage", kind: "daily-adjusted",
                    knownAt: Instant(IngestHarness.time)!, fetchedAt: Instant(IngestHarness.time)!, sha256: symbol),
                ProviderResponses.Counts(bars: 1, actions: 0, quarantined: 0))
        }
        try await harness.database.execute("UPDATE provider_limits SET quota_day = quota_day - 1")
        let second = try await harness.run(#"{"exchange":"XNAS","time":"2012-01-11T23:30:00Z"}"#)
        #expect(Set(first.failed.keys).isSubset(of: second.stored) && second.stored.count == 3)
    }

    @Test func `A daily quota reported by the provider blocks all requests`() async throws {
        let harness = try await IngestHarness(
            universe: "A:XNAS,B:XNAS,C:XNAS", providers: "alphavantage", limits: #""per_minute":60000,"concurrency":1"#
        ) {
            _, _, connection in
            connection.respond(body: Array(#"{"Information":"our standard API rate limit is 25 requests per day"}"#.utf8))
        }
        defer { harness.stop() }
        let summary = try await harness.run()
        #expect(summary.failed.count == 3)
        #expect(harness.requests.count == 1)
    }

    @Test func `Closures and session hours are reference data`() async throws {
        let harness = try await IngestHarness(providers: "yahoo") { _, _, connection in
            connection.respond(body: Array(IngestHarness.chart.utf8))
        }
        defer { harness.stop() }
        let time = "2012-01-09T12:00:00Z"
        let summary = try await harness.run(
            #"{"time":"\#(time)","reference_data":{"closures":[{"exchange":"XNAS","day":"2012-01-10","reason":"storm"},"#
                + #"{"exchange":"XNAS","day":"2012-01-11","hours":"0930-1200","reason":"storm"}]}}"#)
        #expect(summary.referenceData == 2)
        let calendar = try #require(try await ExchangeCalendars(harness.database).calendar(of: "XNAS", asOf: Instant(time)!))
        let (closed, short) = (SessionDate("2012-01-10")!, SessionDate("2012-01-11")!)
        #expect(!calendar.isSession(closed) && calendar.close(of: short) == Instant("2012-01-11T17:00:00Z"))
        #expect(try await harness.run().note?.contains("no session") == true && harness.requests.isEmpty)
        for wrong in [#""hours":"9 to 5""#, #""hours":"0930-1200","closed":true"#] {
            let refused = await #expect(throws: IngestError.self) {
                try await harness.run(
                    #"{"time":"\#(time)","reference_data":{"closures":[{"exchange":"XNAS","day":"2012-01-12","reason":"x",\#(wrong)}]}}"#)
            }
            #expect("\(refused.map { "\($0)" } ?? "")".contains("0930-1300"))
        }
    }

    @Test func `Broken responses are requested again and archived once`() async throws {
        let harness = try await IngestHarness(providers: "yahoo") { _, count, connection in
            switch count {
            case 0: connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"chart\"")  // half a body
            case 1: connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n{")  // 1 GB
            case 2: connection.send("nonsense\r\n\r\n")
            default: return connection.respond(body: Array(IngestHarness.chart.utf8))
            }
            shutdown(connection.descriptor, Int32(SHUT_RDWR))
        }
        defer { harness.stop() }
        let summary = try await harness.run()
        #expect(summary.stored == ["AAPL"] && harness.objects.count == 1 && harness.requests.count == 4)
    }

    @Test func `A redirect to another host is an error`() async throws {
        let elsewhere = LoopbackServer.responding { _, _, connection in connection.respond(body: Array(IngestHarness.chart.utf8)) }
        defer { elsewhere.stop() }
        let address = elsewhere.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
        let harness = try await IngestHarness(providers: "yahoo") { _, _, connection in
            connection.respond(302, headers: ["Location: \(address)/x"])
        }
        defer { harness.stop() }
        let summary = try await harness.run(within: 20)
        #expect(summary.failed == ["AAPL": "blocked"] && elsewhere.seen.isEmpty)
        #expect(harness.objects.allSatisfy { $0.contains("/rejected/") })
    }

    @Test func `An S3 that fails once loses nothing`() async throws {
        let harness = try await IngestHarness(
            universe: "A:XNAS,B:XNAS", providers: "yahoo",
            fault: { count, connection in
                guard count < 3 else { return false }
                let code = ["SlowDown", "InternalError", "ServiceUnavailable"][count]
                connection.respond(count == 1 ? 500 : 503, body: Array("<Error><Code>\(code)</Code></Error>".utf8))
                return true
            }
        ) { _, _, connection in connection.respond(body: Array(IngestHarness.chart.utf8)) }
        defer { harness.stop() }
        #expect(try await harness.run().stored == ["A", "B"])
        #expect(harness.objects.count == 2)
        // The same event again changes nothing.
        #expect(try await harness.run().unchanged == ["A", "B"])
        #expect(harness.objects.count == 2)
        #expect(try await harness.database.query("SELECT count(*) FROM run_responses")[0][0] as Int == 2)
    }

    @Test func `A backfill registers unknown symbols at once and rejects symbols without an exchange`() async throws {
        let harness = try await IngestHarness(providers: "yahoo") { _, _, connection in
            connection.respond(body: Array(IngestHarness.chart.utf8))
        }
        defer { harness.stop() }
        let loaded = try await harness.run(#"{"symbols":["NEW2","AAPL","NEW1","NEW2"],"exchange":"XNAS","time":"2012-01-10T23:30:00Z"}"#)
        #expect(loaded.stored == ["AAPL", "NEW1", "NEW2"])
        #expect(try await Instruments(harness.database).list().map(\.id) == ["XNAS:AAPL", "XNAS:NEW1", "XNAS:NEW2"])
        #expect(
            try await Instruments(harness.database).find(symbols: ["NEW1", "XNAS:NEW2", "NONE"]).mapValues(\.id) == [
                "NEW1": "XNAS:NEW1", "XNAS:NEW2": "XNAS:NEW2",
            ])
        let unknown = await #expect(throws: IngestError.self) {
            try await harness.run(#"{"symbols":["AAPL","NONE"],"time":"2012-01-10T23:30:00Z"}"#)
        }
        #expect("\(unknown.map { "\($0)" } ?? "")".contains("NONE"))
    }

    @Test func `The symbol of the day is requested`() async throws {
        let harness = try await IngestHarness(universe: "FB:XNAS", providers: "yahoo") { _, _, connection in
            connection.respond(body: Array(IngestHarness.chart.utf8))
        }
        defer { harness.stop() }
        _ = try await harness.run(#"{"exchange":"XNAS","time":"2012-01-09T23:30:00Z"}"#)
        let stored = try await harness.run(
            #"{"time":"2012-01-10T12:00:00Z","reference_data":{"symbols":[{"instrument":"XNAS:FB","symbol":"META","from":"2012-01-10"}]}}"#)
        #expect(stored.referenceData == 1)
        _ = try await harness.run()
        #expect(harness.requests.map { $0.contains("/META?") } == [false, true])
        let unknown = await #expect(throws: IngestError.self) {
            try await harness.run(#"{"time":"2012-01-10T12:00:00Z","reference_data":{"delistings":[{"instrument":"XNAS:NONE"}]}}"#)
        }
        #expect("\(unknown.map { "\($0)" } ?? "")".contains("XNAS:NONE"))
        let delisted = try await harness.run(
            #"{"time":"2012-01-11T12:00:00Z","reference_data":{"delistings":[{"instrument":"XNAS:FB","last_session":"2012-01-10"}]}}"#)
        #expect(delisted.referenceData == 1)
        #expect(try await harness.run(#"{"exchange":"XNAS","time":"2012-01-11T23:30:00Z"}"#).expected == 0)
    }
}
