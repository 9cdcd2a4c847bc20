import Market
import Testing

@testable import Forecasting

@Suite struct LinearQuantileTests {
    private func set(effect: Double, seed: UInt64 = 1, poisonedAfter: Int? = nil, cut: Int = 1_199) throws -> TrainingSet {
        TrainingSet(
            histories: try SyntheticMarket.histories(count: 12, sessions: 1_200, effect: effect, seed: seed, poisonedAfter: poisonedAfter),
            cut: SyntheticMarket.date(cut))
    }

    @Test func `The width follows a signal of volatility`() throws {
        let model = try LinearQuantile.fit(set(effect: 0.6))
        let signal = try #require(model.inputs.names.firstIndex(of: "signal"))
        let noise = try #require(model.inputs.names.firstIndex(of: "noise"))
        let width = model.inputs.count
        // About 4,700 rows give 36 steps of a few hundredths: with few data the model stays near its start.
        #expect(model.weights[6 * width + signal] > 0.02, "the 95 % quantile of one session")
        #expect(model.weights[signal] < -0.02, "the 5 % quantile of one session")
        #expect(abs(model.weights[6 * width + noise]) < 0.5 * model.weights[6 * width + signal])
    }

    @Test func `Without a signal the model is the pooled quantiles`() throws {
        let set = try set(effect: 0)
        let pooled = try BlendedFHS.fit(set).forecast(set.histories[3], at: 900)
        let linear = try LinearQuantile.fit(set).forecast(set.histories[3], at: 900)
        for (a, b) in zip(pooled[horizon: 0], linear[horizon: 0]) { #expect(abs(a - b) < 0.004) }
    }

    @Test func `Training ignores data after the cut`() throws {
        let clean = try LinearQuantile.fit(set(effect: 0.5, cut: 900), seed: 3)
        let poisoned = try LinearQuantile.fit(set(effect: 0.5, poisonedAfter: 900, cut: 900), seed: 3)
        #expect(clean.state() == poisoned.state())
        #expect(clean.state() != (try LinearQuantile.fit(set(effect: 0.5, cut: 900), seed: 4).state()))
    }

    @Test func `A row without any input is forecast from the means`() throws {
        let set = try set(effect: 0.5)
        let model = try LinearQuantile.fit(set)
        let good = set.histories[0]
        let blank = try History(
            id: "X", layout: good.layout, sessions: good.sessions, features: [Float](repeating: .nan, count: good.features.count),
            logLevel: good.logLevel, sigma97: good.sigma97, blend: good.blend)
        #expect(try model.forecast(blank, at: 300).values.allSatisfy { $0.isFinite })
    }
}
