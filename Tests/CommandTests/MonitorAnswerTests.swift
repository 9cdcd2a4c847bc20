import Foundation
import Testing

@testable import Command

@Suite struct MonitorAnswerTests {
    private func verdict(isReviewed: Bool?, reasons: [String] = []) throws -> [String] {
        let evidence: [String: Any] = [
            "origins": 80, "kind": "lstm", "against": "blended-fhs", "records": [String: Any](), "reasons": reasons,
        ]
        var document: [String: Any] = ["champion": "garch-t-1", "evidence": [evidence]]
        document["isReviewed"] = isReviewed
        let answer = try MonitorAnswer(try JSONSerialization.data(withJSONObject: document))
        let held = try #require(answer.evidence?.first)
        return answer.verdict(held)
    }

    @Test func `Only a pair that reviews look at is said to be promoted`() throws {
        #expect(try verdict(isReviewed: true) == ["A review would promote it, or a challenger that is better still."])
        #expect(try verdict(isReviewed: true, reasons: ["chance"]) == ["A review would not promote it:", "  chance"])
        for isReviewed in [false, nil] {
            #expect(
                try verdict(isReviewed: isReviewed)
                    == ["The rule's conditions hold; a review holds challengers against the champion, garch-t-1."])
            let kept = try verdict(isReviewed: isReviewed, reasons: ["chance"])
            #expect(kept.count == 2 && kept[0].hasPrefix("The rule's conditions do not hold") && kept[1] == "  chance")
        }
    }
}
