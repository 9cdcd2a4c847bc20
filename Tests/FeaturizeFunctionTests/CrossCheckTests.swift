import Foundation
import LambdaRuntime
import Market
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

/// The event of the weekly comparison.
@Suite struct CrossCheckTests {
    @Test func `The next event continues with the next instrument`() throws {
        let text =
            #"{"cross_check":["yahoo","alphavantage"],"weeks":4,"tolerance":0.01,"continues_itself":true,"time":"2012-06-02T22:00:00Z"}"#
        guard case .crossCheck(var check) = try JSONDecoder().decode(FeaturizeEvent.self, from: Data(text.utf8)) else {
            Issue.record("another event")
            return
        }
        check.after = "XNAS:AAPL"
        guard case .crossCheck(let next) = try JSONDecoder().decode(FeaturizeEvent.self, from: try JSONEncoder().encode(check)) else {
            Issue.record("another event")
            return
        }
        #expect(next == check && next.weeks == 4 && next.continuesItself == true && next.after == "XNAS:AAPL")
    }

    @Test func `Remaining instruments are compared by the next invocation`() async throws {
        let instruments = (0..<3).map(ResponseMarket.instrument)
        var harness = try await ProjectionHarness(instruments)
        for (number, instrument) in instruments.enumerated() {
            let rows = ResponseMarket.rows(60, seed: UInt64(number + 1))
            let evening = ResponseMarket.evening(rows[59].session)
            try await harness.add(ResponseMarket.response(rows, about: instrument, knownAt: evening))
            var other = rows
            other[30].close += 100
            other[30].high = max(other[30].high, other[30].close)
            try await harness.add(ResponseMarket.chart(other, about: instrument, knownAt: evening))
        }
        let featurize = try await harness.featurize()
        var check = CrossCheck(providers: ["alphavantage", "yahoo"], time: "2012-01-01T00:00:00Z")
        let complete = try #require(try await featurize.compare(check, Context()))
        #expect(complete.instruments == 3 && complete.returns == 3 * 59 && complete.disagreements == 6 && complete.next == nil)
        var (parts, disagreements) = (0, 0)
        while true {
            let report = try #require(try await featurize.compare(check, Context(cutOff: .after(.zero))))
            #expect(report.instruments == 1)
            (parts, disagreements) = (parts + 1, disagreements + report.disagreements)
            guard let next = report.next, parts < 10 else { break }
            check = next
        }
        #expect(parts == 3 && disagreements == 6)
        let comparison = SourceComparison(harness.database)
        let pair = try #require(try SourcePrecedence.ProviderPair(["alphavantage", "yahoo"]))
        let one = try await comparison.compare(
            instruments[0].id, pair, from: nil, asOf: check.time, tolerance: 0.005, limit: 1)
        #expect(
            one.largest == [complete.largest.first { $0.instrument == instruments[0].id }] && one.disagreements == 2 && one.returns == 59)
    }

    @Test func `The weekly comparison invokes itself for the remaining instruments`() async throws {
        let cloud = LoopbackServer.responding { _, _, connection in connection.respond(202) }
        defer { cloud.stop() }
        let featurize = try await ProjectionHarness((0..<2).map(ResponseMarket.instrument)).featurize(cloud: cloud.url)
        let weekly = CrossCheck(
            providers: ["alphavantage", "yahoo"], weeks: 4, tolerance: 0.01, continuesItself: true, time: "2012-01-01T00:00:00Z")
        let report = try #require(try await featurize.compare(weekly, until: .now, Context()))
        #expect(report.instruments == 1 && cloud.seen.count == 1)
        let call = try #require(cloud.seen.first)
        #expect(call.hasPrefix("POST /2015-03-31/functions/Featurize/invocations ") && call.contains("X-Amz-Invocation-Type: Event"))
        let body = try #require(call.components(separatedBy: "\r\n\r\n").last)
        guard case .crossCheck(let next) = try JSONDecoder().decode(FeaturizeEvent.self, from: Data(body.utf8)) else {
            Issue.record("another event")
            return
        }
        #expect(next == report.next && next.after == "XNAS:T0" && next.weeks == 4 && next.tolerance == 0.01 && next.continuesItself == true)
        #expect(try await featurize.compare(next, until: .now, Context())?.next == nil && cloud.seen.count == 1)
    }

    @Test(arguments: [Int.max, Int.min, 0, -1, 5201])
    func `The error names an impossible number of weeks`(_ weeks: Int) async throws {
        let featurize = try await ProjectionHarness([]).featurize()
        let check = CrossCheck(providers: ["yahoo", "alphavantage"], weeks: weeks, time: "2012-01-01T00:00:00Z")
        let failure = await #expect(throws: Featurize.Failure.self) { _ = try await featurize.compare(check, Context()) }
        #expect(failure?.description.contains("\(weeks)") == true)
    }

    @Test func `The error names an unknown provider`() async throws {
        let featurize = try await ProjectionHarness([]).featurize()
        let check = CrossCheck(providers: ["yahoo", "yaho"], time: "2012-01-01T00:00:00Z")
        let failure = await #expect(throws: Featurize.UnknownOrigin.self) { _ = try await featurize.compare(check, Context()) }
        #expect(failure?.description.contains("\"yaho\"") == true)
    }
}
