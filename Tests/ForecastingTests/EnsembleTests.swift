import Market
import Testing

@testable import Forecasting

@Suite struct EnsembleTests {
    private func forecast(_ scale: Double) throws -> QuantileForecast {
        try QuantileForecast((0..<3).flatMap { _ in [-2.0, -1, -0.5, 0.1, 0.5, 1, 2].map { $0 * scale } })
    }

    @Test func tooFewOutcomesInsideWidenTheSpreadAroundTheMedian() throws {
        var calibration = SpreadCalibration()
        #expect(try calibration.applied(to: forecast(1)) == forecast(1))
        for _ in 0..<20 { calibration.learn(inside: 0.6, horizonIndex: 1) }
        let wider = try calibration.applied(to: forecast(1))
        #expect(Array(wider[horizon: 0]) == Array(try forecast(1)[horizon: 0]))
        #expect(wider.median(horizonIndex: 1) == 0.1)
        let k = try #require(calibration.factors.dropFirst().first)
        #expect(abs(k - exponential(20 * SpreadCalibration.rate * 0.2)) < 1e-12)
        #expect(abs((wider[horizon: 1].last ?? 0) - (0.1 + k * 1.9)) < 1e-12)
        calibration.learn(inside: .nan, horizonIndex: 1)
        #expect(calibration.factors[1] == k)
    }

    private let all = [true, true, true]

    @Test func aMemberThatIsWorseThanTheFloorIsLeftOutOnlyWithEvidence() throws {
        var weights = PastLossWeights(priors: [1, 1, 2], floor: 0)
        #expect(weights.weights(horizonIndex: 0, present: all) == [0.25, 0.25, 0.5])
        for _ in 0..<PastLossWeights.evidence - 1 { weights.learn([1, 1.02, 0.97], horizonIndex: 0) }
        #expect(weights.weights(horizonIndex: 0, present: all)[1] > 0)
        weights.learn([1, 1.02, 0.97], horizonIndex: 0)
        let learned = weights.weights(horizonIndex: 0, present: all)
        #expect(learned[1] == 0)
        #expect(learned[2] > 2 * learned[0])
        #expect(abs(learned.reduce(0, +) - 1) < 1e-12)
        #expect(weights.weights(horizonIndex: 1, present: all) == [0.25, 0.25, 0.5], "what one horizon taught is not another's")
    }

    @Test func aMemberThatIsWorseByChanceStays() {
        var weights = PastLossWeights(priors: [1, 1, 1], floor: 0)
        for i in 0..<40 { weights.learn([1, i % 2 == 0 ? 1.06 : 0.95, 1], horizonIndex: 0) }
        #expect(weights.weights(horizonIndex: 0, present: all)[1] > 0.1)
    }

    @Test func withoutAnyGoodMemberTheFloorRemains() throws {
        var weights = PastLossWeights(priors: [0, 1, 1], floor: 0)
        #expect(weights.weights(horizonIndex: 2, present: all) == [0, 0.5, 0.5])
        #expect(weights.weights(horizonIndex: 2, present: [true, false, false]) == [1, 0, 0])
        for _ in 0..<30 { weights.learn([1, 1.1, 1.2], horizonIndex: 2) }
        #expect(weights.weights(horizonIndex: 2, present: all) == [1, 0, 0])
        let combined = try weights.combined([forecast(1), forecast(3), forecast(5)])
        #expect(Array(combined[horizon: 2]) == Array(try forecast(1)[horizon: 2]))
        #expect(abs((combined[horizon: 0].last ?? 0) - 8) < 1e-12)
    }

    @Test func aMemberWithoutAForecastLeavesTheOthersTheirWeights() throws {
        let weights = PastLossWeights(priors: [1, 1, 2], floor: 0)
        let combined = try weights.combined([forecast(1), nil, forecast(4)])
        #expect(abs((combined[horizon: 0].last ?? 0) - (2 + 2 * 8) / 3.0) < 1e-12)
        #expect(throws: ForecastRefusal.self) { try weights.combined([nil, nil, nil]) }
    }

    @Test func theEchoSeesLastQuartersEventAndNothingElse() throws {
        let layout = FeatureLayout(version: "v", names: ["z1", "gap", "lvol"], sequence: [])
        let count = 400
        func history(event: Int?) throws -> History {
            var features = [Float](repeating: 0.1, count: count * 3)
            if let event { features.replaceSubrange(event * 3..<event * 3 + 3, with: [2, 2, 1]) }
            let ones = [Double](repeating: 0.01, count: count)
            return try History(
                id: "A", layout: layout, sessions: (0..<count).map { SyntheticMarket.start.advanced(by: $0) }, features: features,
                logLevel: ones, sigma97: ones, blend: ones)
        }
        let echo = EventEcho(layout)
        let quiet = echo.values(try history(event: nil), row: 350)
        let event = try history(event: 290)
        // 290 = 350 + 3 - 63: three sessions ahead of row 350 a quarter ago.
        #expect(echo.values(event, row: 350)[0] == quiet[0])
        #expect(echo.values(event, row: 350)[1] > quiet[1] + 0.5)
        #expect(echo.values(event, row: 350)[2] > quiet[2] + 0.5)
        #expect(echo.values(event, row: 352)[0] > quiet[0] + 0.5)
        let early = echo.values(event, row: 20)
        #expect(early.allSatisfy { $0.isNaN })
    }
}
