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
}
