import FeaturizeFunction
import Foundation
import LambdaRuntime
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import IngestFunction

/// Providers whose bars contain no splits and dividends: these are requested separately and adjust the bars.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct ActionTests {
    private static func bars() -> String {
        let sessions = TradingCalendar.of(mic: "XNAS")!.sessions(from: SessionDate("2011-11-01")!, through: SessionDate("2012-01-10")!)
        let rows = sessions.enumerated().map { index, session in
            // As traded: half the price from the split on.
            let price = (20 + Double(index % 7) / 10) / (session >= SessionDate("2012-01-05")! ? 2 : 1)
            let millis = Instant.utcMidnight(session).adding(seconds: 5 * 3600).seconds * 1000
            return #"{"o":\#(price),"h":\#(price + 0.3),"l":\#(price - 0.3),"c":\#(price + 0.1),"v":\#(1000 + index),"t":\#(millis)}"#
        }
        return #"{"status":"OK","adjusted":false,"results":[\#(rows.joined(separator: ","))]}"#
    }

    @Test func `Splits and dividends are requested before the bars and adjust them`() async throws {
        let harness = try await IngestHarness(providers: "polygon", actions: "") { line, _, connection in
            let body =
                if line.contains("/splits") {
                    #"{"status":"OK","results":[{"execution_date":"2012-01-05","split_from":1,"split_to":2,"ticker":"AAPL"}]}"#
                } else if line.contains("/dividends") {
                    #"{"status":"OK","results":[]}"#
                } else {
                    Self.bars()
                }
            connection.respond(body: Array(body.utf8))
        }
        defer { harness.stop() }
        #expect(try await harness.run().stored == ["AAPL"])
        #expect(harness.rawKeys.count == 3)
        #expect(try await harness.database.query("SELECT count(*) FROM run_responses WHERE object_key IS NOT NULL")[0][0] as Int == 3)
        let featurize = try await Featurize(harness.environment)
        for key in harness.rawKeys.reversed() { _ = try await featurize.handle(.objects([key]), Context(deadline: .after(.seconds(30)))) }
        #expect(try await Runs(harness.database).progress("XNAS/\(IngestHarness.time)")?.isComplete == true)
        let known = AsOf.recorded(Instant(IngestHarness.time)!)
        let series = try await ConsolidatedSeries(harness.database).read("XNAS:AAPL", known, precedence: ["polygon"])
        let split = CorporateAction(exDate: SessionDate("2012-01-05")!, kind: .split(numerator: 2, denominator: 1))
        #expect(series.actions == [split] && series.bars.allSatisfy { $0.inferredSplit == nil })
        #expect(try await harness.database.query("SELECT count(*) FROM quarantine WHERE disposition <> 'resolved'")[0][0] as Int == 0)

        // The next evening requests new bars and new actions.
        let before = harness.requests.count
        _ = try await harness.run(#"{"exchange":"XNAS","time":"2012-01-11T23:30:00Z"}"#)
        let requests = harness.requests.dropFirst(before)
        #expect(requests.count == 3 && requests.contains { $0.contains("/splits") && $0.contains("execution_date.gte=") })
    }

    @Test func `A kind of response that the provider lacks is an error at the start`() async throws {
        await #expect(throws: IngestSettings.Failure.self) {
            _ = try await IngestHarness(providers: "polygon", actions: #""actions":["mergers"],"#) { _, _, connection in
                connection.respond()
            }
        }
    }
}
