import Foundation
import Market
import Testing

@testable import Forecasting

@Suite struct VolatilityModelTests {
    private func set(effect: Double = 0.4, count: Int = 6) throws -> TrainingSet {
        TrainingSet(
            histories: try SyntheticMarket.histories(count: count, sessions: 1_200, effect: effect), cut: SyntheticMarket.date(1_199))
    }

    @Test func `Climatology is the empirical quantiles of the last 500 outcomes`() throws {
        let set = try set()
        let history = set.histories[0]
        let forecast = try Climatology.fit(set).forecast(history, at: 1_000)
        for (i, horizon) in Quantiles.horizons.enumerated() {
            let outcomes = (1_000 - horizon - 499...1_000 - horizon).map { history.outcome(at: $0, horizon: horizon) }.sorted()
            #expect(outcomes.count == 500)
            #expect(forecast.median(horizonIndex: i) == empiricalQuantile(outcomes, 0.5))
        }
    }

    /// y = 2 + 3 a - b exactly.
    @Test func `Least squares finds exact coefficients and has no solution for collinear inputs`() throws {
        var regression = LeastSquares(3)
        for i in 0..<50 {
            let (a, b) = (Double(i % 7), Double(i % 5))
            regression.add([1, a, b], 2 + 3 * a - b)
        }
        let solution = try #require(regression.solution())
        #expect(zip(solution, [2, 3, -1]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(LeastSquares(2).solution() == nil)
    }

    @Test func `The autoregression widens after a volatile month`() throws {
        let set = try set(effect: 0.8)
        let model = try HARModel.fit(set)
        let rows = (200..<1_100).map { row in
            (row, (row - 21...row).reduce(0.0) { $0 + abs(set.histories[0].outcome(at: $1 - 1, horizon: 1)) })
        }
        let loud = try #require(rows.max { $0.1 < $1.1 }?.0)
        let calm = try #require(rows.min { $0.1 < $1.1 }?.0)
        func width(_ row: Int) throws -> Double {
            let q = Array(try model.forecast(set.histories[0], at: row)[horizon: 0])
            return q[5] - q[1]
        }
        #expect(try width(loud) > 1.3 * width(calm))
    }

    @Test(arguments: ["climatology", "garch-t", "har", "linear-quantile", "boosted-trees"])
    func `Rows before the lookback change nothing`(_ family: String) throws {
        let set = try set(count: 8)
        let type = try #require(ModelFamilies.named(family))
        let model = try type.fit(set)
        let whole = set.histories[2]
        let first = 1_100 - type.lookback + 1
        let recent = try History(
            id: whole.id, layout: whole.layout, sessions: Array(whole.sessions[first...1_100]),
            features: Array(whole.features[first * 3..<1_101 * 3]), logLevel: Array(whole.logLevel[first...1_100]),
            sigma97: Array(whole.sigma97[first...1_100]), blend: Array(whole.blend[first...1_100]))
        let (a, b) = (try model.forecast(whole, at: 1_100), try model.forecast(recent, at: recent.count - 1))
        #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test func `An unknown instrument gets the typical GARCH`() throws {
        let set = try set()
        let model = try GARCHModel.fit(set)
        let stranger = try SyntheticMarket.histories(count: 1, sessions: 61, effect: 0, seed: 50)[0]
        let renamed = try History(
            id: "new", layout: stranger.layout, sessions: stranger.sessions, features: stranger.features, logLevel: stranger.logLevel,
            sigma97: stranger.sigma97, blend: stranger.blend)
        let q = Array(try model.forecast(renamed, at: 60)[horizon: 0])
        #expect(q[5] > 0.008 && q[5] < 0.018)
    }
}
