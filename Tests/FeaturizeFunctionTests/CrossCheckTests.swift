import Foundation
import LambdaRuntime
import Market
import Store
import Testing

@testable import FeaturizeFunction

/// The event of the weekly job.
@Suite struct CrossCheckTests {
    @Test func theNextEventSaysTheSameFromTheNextInstrumentOn() throws {
        let text = #"{"crossCheck":["yahoo","alphavantage"],"weeks":4,"tolerance":0.01,"goOn":true,"time":"2012-06-02T22:00:00Z"}"#
        guard case .crossCheck(var check) = try JSONDecoder().decode(FeaturizeEvent.self, from: Data(text.utf8)) else {
            Issue.record("another event")
            return
        }
        check.after = "XNAS:AAPL"
        guard case .crossCheck(let next) = try JSONDecoder().decode(FeaturizeEvent.self, from: try JSONEncoder().encode(check)) else {
            Issue.record("another event")
            return
        }
        #expect(next == check && next.weeks == 4 && next.goOn == true && next.after == "XNAS:AAPL")
    }

    @Test func whatAnInvocationHasNoTimeForIsComparedByTheNext() async throws {
        let instruments = (0..<3).map(RawMarket.instrument)
        var folded = try await Folded(instruments)
        for (number, instrument) in instruments.enumerated() {
            let rows = RawMarket.rows(60, seed: UInt64(number + 1))
            let evening = RawMarket.evening(rows[59].session)
            try await folded.add(RawMarket.answer(rows, about: instrument, knownAt: evening))
            var other = rows
            other[30].close += 100
            other[30].high = max(other[30].high, other[30].close)
            try await folded.add(RawMarket.chart(other, about: instrument, knownAt: evening))
        }
        let featurize = try await folded.featurize()
        var check = CrossCheck(crossCheck: ["alphavantage", "yahoo"], time: "2012-01-01T00:00:00Z")
        let whole = try #require(try await featurize.compare(check, Context()))
        #expect(whole.instruments == 3 && whole.compared == 3 * 59 && whole.disagreements == 6 && whole.next == nil)
        var (parts, disagreements) = (0, 0)
        while true {
            let report = try #require(try await featurize.compare(check, Context(cutOff: .after(.zero))))
            #expect(report.instruments == 1)
            (parts, disagreements) = (parts + 1, disagreements + report.disagreements)
            guard let next = report.next, parts < 10 else { break }
            check = next
        }
        #expect(parts == 3 && disagreements == 6)
    }

    @Test func aProviderThatNobodyKnowsIsNamed() async throws {
        let featurize = try await Folded([]).featurize()
        let check = CrossCheck(crossCheck: ["yahoo", "yaho"], time: "2012-01-01T00:00:00Z")
        let failure = await #expect(throws: Featurize.Failure.self) { _ = try await featurize.compare(check, Context()) }
        #expect(failure?.description.contains("\"yaho\"") == true)
    }
}
