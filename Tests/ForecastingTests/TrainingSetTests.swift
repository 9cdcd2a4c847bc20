import Market
import Testing

@testable import Forecasting

@Suite struct TrainingSetTests {
    private func history(_ id: String, _ days: [Int]) throws -> History {
        let values = [Double](repeating: 0.01, count: days.count)
        return try History(
            id: id, layout: FeatureLayout(version: "1", names: [], sequence: []), sessions: days.map(SyntheticMarket.date), features: [],
            logLevel: values, sigma97: values, blend: values)
    }

    @Test func `A session counts against the instruments listed then`() throws {
        let histories = [
            try history("early", Array(0..<40)), try history("also early", Array(0..<40)), try history("whole", Array(0..<100)),
            try history("with gaps", Array(0..<100).filter { $0 % 10 != 5 }), try history("weekends too", Array(0..<100) + [103]),
        ]
        func days(_ cut: Int) -> [Int] {
            TrainingSet(histories: histories, cut: SyntheticMarket.date(cut)).sessions().map { Int($0.day - SyntheticMarket.start.day) }
        }
        #expect(days(200) == Array(0..<100) + [103], "three of four had ended by then")
        #expect(days(60) == Array(0...60))
        #expect(days(-1) == [])
        let others = try (0..<11).map { try history("other \($0)", [0, 1, 2]) }
        let ended = TrainingSet(histories: others + [try history("goes on", [0, 1, 2, 3, 4])], cut: SyntheticMarket.date(9))
        #expect(ended.sessions() == (0...2).map(SyntheticMarket.date), "one of twelve makes no session")
        let minority = try TrainingSet(
            histories: [history("a", [0, 1, 2]), history("b", [0, 2]), history("c", [0, 2])], cut: SyntheticMarket.date(2))
        #expect(minority.sessions() == [SyntheticMarket.date(0), SyntheticMarket.date(2)])
    }
}
