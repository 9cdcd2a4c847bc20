import Market
import Testing

@testable import Forecasting

@Suite struct EnsembleTests {
    private func forecast(_ scale: Double) throws -> QuantileForecast {
        try QuantileForecast((0..<3).flatMap { _ in [-2.0, -1, -0.5, 0.1, 0.5, 1, 2].map { $0 * scale } })
    }

    private let all = [true, true, true]

    /// A Monday for each number.
    private func origin(_ week: Int) -> SessionDate { SessionDate(year: 2014, month: 1, day: 6).advanced(by: 7 * week) }

    @Test func `A member that is worse than the fallback is left out only with evidence`() throws {
        var weights = PastLossWeights(priors: [1, 1, 2], fallback: 0)
        #expect(weights.current.weights(horizonIndex: 0, present: all) == [0.25, 0.25, 0.5])
        for i in 0..<PastLossWeights.evidence { weights.learn(origin(i), [1, 1.02, 0.97], horizonIndex: 0) }
        #expect(weights.current.weights(horizonIndex: 0, present: all)[1] > 0)
        weights.learn(origin(PastLossWeights.evidence), [1, 1.02, 0.97], horizonIndex: 0)
        let learned = weights.current.weights(horizonIndex: 0, present: all)
        #expect(learned[1] == 0)
        #expect(learned[2] > 2 * learned[0])
        #expect(abs(learned.reduce(0, +) - 1) < 1e-12)
        #expect(weights.current.weights(horizonIndex: 1, present: all) == [0.25, 0.25, 0.5], "what one horizon taught is not another's")
    }

    @Test func `A member that is worse by chance stays`() {
        var weights = PastLossWeights(priors: [1, 1, 1], fallback: 0)
        for i in 0..<40 { weights.learn(origin(i), [1, i % 2 == 0 ? 1.06 : 0.95, 1], horizonIndex: 0) }
        #expect(weights.current.weights(horizonIndex: 0, present: all)[1] > 0.1)
    }

    @Test func `Without any good member the fallback remains`() throws {
        var weights = PastLossWeights(priors: [0, 1, 1], fallback: 0)
        #expect(weights.current.weights(horizonIndex: 2, present: all) == [0, 0.5, 0.5])
        #expect(weights.current.weights(horizonIndex: 2, present: [true, false, false]) == [1, 0, 0])
        for i in 0..<30 { weights.learn(origin(i), [1, 1.1, 1.2], horizonIndex: 2) }
        #expect(weights.current.weights(horizonIndex: 2, present: all) == [1, 0, 0])
        let combined = try weights.current.combined([forecast(1), forecast(3), forecast(5)])
        #expect(Array(combined[horizon: 2]) == Array(try forecast(1)[horizon: 2]))
        #expect(abs((combined[horizon: 0].last ?? 0) - 8) < 1e-12)
    }

    @Test func `Weights are shared among the members that have a forecast`() throws {
        let weights = PastLossWeights(priors: [1, 1, 2], fallback: 0)
        let combined = try weights.current.combined([forecast(1), nil, forecast(4)])
        #expect(abs((combined[horizon: 0].last ?? 0) - (2 + 2 * 8) / 3.0) < 1e-12)
        #expect(throws: ForecastError.self) { try weights.current.combined([nil, nil, nil]) }
    }

    @Test func `Origins of every session and of every fifth session give equal weights`() {
        var (daily, weekly) = (PastLossWeights(priors: [0, 1, 1], fallback: 0), PastLossWeights(priors: [0, 1, 1], fallback: 0))
        for day in (0..<1400).filter({ $0 % 7 < 5 }) {
            let losses = [1, 1 + 0.001 * Double(day % 3), 0.98]
            daily.learn(origin(0).advanced(by: day), losses, horizonIndex: 1)
            if day % 7 == 0 { weekly.learn(origin(0).advanced(by: day), losses, horizonIndex: 1) }
        }
        let (a, b) = (daily.current.scores, weekly.current.scores)
        #expect(abs(a[2][1] / b[2][1] - 1) < 1e-9 && a[2][1] > 7)
        #expect(a[1][1] == 0 && b[1][1] == 0, "worse than the floor beyond chance in both")
    }

    @Test func `An ensemble read from its artifact gives the same forecasts`() throws {
        var learned = PastLossWeights(priors: [0, 1, 2], fallback: 0)
        for week in 0..<50 { learned.learn(origin(week), [1, 0.98 + 0.01 * Double(week % 2), 0.97], horizonIndex: week % 3) }
        let members = ["blended-fhs", "har", "lstm"].map {
            Ensemble.Member(id: "\($0)-1", family: $0, artifactKey: "models/\($0)-1", artifactSHA256: "ab")
        }
        let ensemble = Ensemble(members: members, weights: learned.current, cut: "2014-12-31")
        let again = try Ensemble(state: Artifact(decoding: ensemble.state().encoded()))
        #expect(again == ensemble && again.members.map(\.id) == ["blended-fhs-1", "har-1", "lstm-1"])
        let parts = try [forecast(1), forecast(2), nil]
        #expect(try again.forecast(parts) == ensemble.forecast(parts))
        #expect(abs(ensemble.metrics.filter { $0.key.hasSuffix("_20") }.values.reduce(0, +) - 1) < 1e-9)
        var damaged = ensemble.state()
        damaged.metadata["fallback"] = "3"
        #expect(throws: ArtifactError.self) { try Ensemble(state: damaged) }
    }

    @Test func `Earnings seasonality depends on the event of the last quarter alone`() throws {
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
        let echo = EarningsSeasonality(layout)
        let quiet = echo.values(try history(event: nil), rows: 350..<350 + 1)
        let event = try history(event: 290)
        // 290 = 350 + 3 - 63: three sessions ahead of row 350 a quarter ago.
        #expect(echo.values(event, rows: 350..<350 + 1)[0] == quiet[0])
        #expect(echo.values(event, rows: 350..<350 + 1)[1] > quiet[1] + 0.5)
        #expect(echo.values(event, rows: 350..<350 + 1)[2] > quiet[2] + 0.5)
        #expect(echo.values(event, rows: 352..<352 + 1)[0] > quiet[0] + 0.5)
        let early = echo.values(event, rows: 20..<20 + 1)
        #expect(early.allSatisfy { $0.isNaN })
    }
}
