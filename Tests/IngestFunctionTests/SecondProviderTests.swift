import Foundation
import LambdaRuntime
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction
@testable import IngestFunction

/// The weekly requests to the second provider.
@Suite struct SecondProviderTests {
    @Test func `The last weeks are requested from the second provider if there is one`() async throws {
        let harness = try await IngestHarness { line, _, connection in
            connection.respond(body: Array((line.contains("/query") ? IngestHarness.csv : IngestHarness.chart).utf8))
        }
        defer { harness.stop() }
        let weekly = #"{"cross_check":[],"weeks":4,"time":"2012-01-14T11:00:00Z"}"#
        let summary = try await harness.run(weekly)
        #expect(summary.stored == ["AAPL"] && summary.run == "cross-check-alphavantage-yahoo/2012-01-14T11:00:00Z")
        #expect(harness.rawKeys.allSatisfy { $0.hasPrefix("raw/yahoo/") } && !harness.requests.isEmpty)
        let other = try await harness.run(#"{"cross_check":["yahoo","alphavantage"],"time":"2012-01-14T11:00:00Z"}"#)
        #expect(other.stored == ["AAPL"] && harness.rawKeys.contains { $0.hasPrefix("raw/alphavantage/") })
    }

    /// The same two sessions as `IngestHarness.csv`, of which the second closes higher.
    private static let higher = IngestHarness.chart.replacing("[1326205800]", with: "[1326119400,1326205800]")
        .replacing(
            #"[10],"high":[11],"low":[9],"close":[10.5],"volume":[1000]"#,
            with: #"[10,10],"high":[11,11],"low":[9,9],"close":[10,11],"volume":[1000,1000]"#)

    @Test func `Disagreements of two providers are reported by instrument`() async throws {
        let harness = try await IngestHarness(universe: "AAPL:XNAS,IBM:XNYS") { line, _, connection in
            connection.respond(body: Array((line.contains("/query") ? IngestHarness.csv : Self.higher).utf8))
        }
        defer { harness.stop() }
        let time = "2012-01-14T11:00:00Z"
        for name in ["alphavantage", "yahoo"] {
            _ = try await harness.run(#"{"symbols":["AAPL","IBM"],"from":"2012-01-01","provider":"\#(name)","time":"\#(time)"}"#)
        }
        let featurize = try await Featurize(harness.environment)
        func check(_ event: String) async throws -> CrossCheckReport? {
            let event = try JSONDecoder().decode(FeaturizeEvent.self, from: Data(event.utf8))
            return try await featurize.handle(event, Context(deadline: .after(.seconds(60)))).crossCheck
        }
        _ = try await featurize.handle(.objects(harness.rawKeys), Context(deadline: .after(.seconds(60))))
        let report = try #require(try await check(#"{"cross_check":[],"weeks":4,"continues_itself":true,"time":"\#(time)"}"#))
        #expect(report.instruments == 2 && report.returns == 2 && report.disagreements == 2 && report.next == nil)
        let worst = try #require(report.largest.first)
        #expect(
            abs(worst.firstReturn - 0.04879) < 1e-5 && abs(worst.secondReturn - 0.09531) < 1e-5 && worst.session.description == "2012-01-10"
        )
        let rest = try await check(#"{"cross_check":["yahoo","alphavantage"],"after":"XNAS:AAPL","tolerance":0.05,"time":"\#(time)"}"#)
        #expect(rest?.instruments == 1 && rest?.returns == 1 && rest?.disagreements == 0)
        let one = try await check(#"{"cross_check":["yahoo","alphavantage"],"symbols":["IBM"],"time":"\#(time)"}"#)
        #expect(one?.largest.map(\.instrument) == ["XNYS:IBM"])
        #expect(try await check(#"{"cross_check":[],"from":"2012-01-10","time":"\#(time)"}"#)?.returns == 0)
    }

    @Test func `With one provider nothing is compared`() async throws {
        let harness = try await IngestHarness(providers: "yahoo,csv") { _, _, connection in connection.respond(404) }
        defer { harness.stop() }
        let summary = try await harness.run(#"{"cross_check":[],"time":"2012-01-14T11:00:00Z"}"#)
        #expect(summary.run == nil && summary.note != nil && harness.requests.isEmpty)
        let precedence = try SourcePrecedence("yahoo,csv,tiingo", defaultProvider: "yahoo")
        #expect(try precedence.crossCheckPair([:], excluded: ["csv"])?.second == "tiingo")
        #expect(try precedence.crossCheckPair(["CROSS_CHECK": "none"], excluded: []) == nil)
        #expect(try precedence.crossCheckPair(["CROSS_CHECK": "a, b"], excluded: []) == SourcePrecedence.ProviderPair(["a", "b"]))
        #expect(throws: SourcePrecedence.Malformed.self) { try precedence.crossCheckPair(["CROSS_CHECK": "a"], excluded: []) }
    }
}
