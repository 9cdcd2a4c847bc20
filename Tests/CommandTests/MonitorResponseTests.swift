import Foundation
import Testing

@testable import Command

@Suite struct MonitorResponseTests {
    private func conclusion(isReviewed: Bool?, reasons: [String] = []) throws -> [String] {
        let evidence: [String: Any] = [
            "origins": 80, "family": "lstm", "against": "blended-fhs", "performance": [String: Any](), "reasons": reasons,
        ]
        var document: [String: Any] = ["champion": "garch-t-1", "evidence": [evidence]]
        document["is_reviewed"] = isReviewed
        let response = try MonitorResponse(try JSONSerialization.data(withJSONObject: document))
        return response.conclusion(try #require(response.evidence?.first))
    }

    @Test func `Only a pair that reviews compare is said to be promoted`() throws {
        #expect(try conclusion(isReviewed: true) == ["A review would promote it, or a better challenger."])
        #expect(try conclusion(isReviewed: true, reasons: ["chance"]) == ["A review would not promote it:", "  chance"])
        for isReviewed in [false, nil] {
            #expect(
                try conclusion(isReviewed: isReviewed)
                    == ["The conditions of a promotion hold; a review compares challengers with the champion, garch-t-1."])
            let lines = try conclusion(isReviewed: isReviewed, reasons: ["chance"])
            #expect(lines.count == 2 && lines[0].hasPrefix("The conditions of a promotion do not hold") && lines[1] == "  chance")
        }
    }
}
