import Backtest
import Forecasting
import Foundation
import TestVectors
import Testing

/// Against the development data and its stored baselines, found by `BELLWETHER_VECTORS`.
@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set"))
struct DevelopmentDataTests {
    private func prices() throws -> PriceTable {
        try PriceTable(csv: try Vectors.bytes("data/us_daily_2005_2019.csv.gz"))
    }

    /// Pinball of vol3_fhs and ewma97_fhs in the stored table, 1e-4: 35.62, 81.20, 165.47 and 35.81, 81.66, 166.22.
    @Test func `The filtered simulations are as good as the stored ones`() async throws {
        let prices = try prices()
        #expect(prices.series.reduce(0) { $0 + $1.observations.count } == 415_250 && prices.rejected.isEmpty)
        let report = try await Backtest.run(prices: prices, model: "blended-fhs")
        #expect(report.forecasts.count == 10_780)
        for (horizon, expected) in zip(report.evaluation.horizons, [(35.62, 35.81), (81.20, 81.66), (165.47, 166.22)]) {
            let all = horizon.slices[0]
            #expect(abs(all.loss * 1e4 / expected.0 - 1) < 0.001)
            let randomWalk = all.loss / (1 - (all.overRandomWalk ?? .nan))
            #expect(abs(randomWalk * 1e4 / expected.1 - 1) < 0.001)
            #expect(horizon.comparisons.first { $0.against == "random-walk" }?.t ?? 0 < -2.5)
            #expect(abs((horizon.coverage?.calibrated80 ?? 0) - 0.8) < 0.02)
        }
    }
}
