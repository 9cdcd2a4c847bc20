import Foundation
import Market
import Testing

@testable import Forecasting

@Suite struct ForecastTests {
    @Test func `Quantiles are sorted per horizon and must be finite`() throws {
        let forecast = try QuantileForecast((0..<21).map { Double(20 - $0) })
        #expect(Array(forecast[horizon: 0]) == [14, 15, 16, 17, 18, 19, 20])
        #expect(forecast.median(horizonIndex: 2) == 3)
        #expect(throws: ForecastError.nonFinite) { try QuantileForecast([Double](repeating: .nan, count: 21)) }
        #expect(throws: ForecastError.self) { try QuantileForecast([0]) }
    }

    @Test func `The probability of a loss is interpolated between quantiles`() throws {
        let q = [-0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2]
        let forecast = try QuantileForecast(q + q.map { $0 + 0.025 } + q.map { $0 + 1 })
        #expect(abs(forecast.probabilityOfLoss(horizonIndex: 0) - 0.5) < 1e-12)
        #expect(abs(forecast.probabilityOfLoss(horizonIndex: 1) - 0.375) < 1e-12)
        #expect(forecast.probabilityOfLoss(horizonIndex: 2) < 0.05)
        #expect(forecast.probability(below: -10, horizonIndex: 0) < 1e-6)
        #expect(forecast.probability(below: 10, horizonIndex: 0) > 1 - 1e-6)
        let flat = try QuantileForecast([Double](repeating: 0.01, count: 21))
        #expect(flat.probabilityOfLoss(horizonIndex: 0) == 0)
    }

    @Test func `A symbol of 61 sessions gets finite sorted quantiles and one of 60 an error`() throws {
        let set = TrainingSet(histories: try SyntheticMarket.histories(count: 5, sessions: 600, effect: 0), cut: SyntheticMarket.date(599))
        var configuration = SyntheticMarket.small
        configuration.rounds = 1
        configuration.window = 60
        let models: [any ForecastModel] = [
            try RandomWalk.fit(set), try BlendedFHS.fit(set), try Climatology.fit(set), try GARCHModel.fit(set), try HARModel.fit(set),
            try LSTM.fit(set, configuration, seed: 1),
        ]
        let young = try SyntheticMarket.histories(count: 1, sessions: 61, effect: 0)[0]
        for model in models {
            let forecast = try model.forecast(young, at: 60)
            #expect(forecast.values.allSatisfy { $0.isFinite })
            for i in 0..<3 { #expect(zip(forecast[horizon: i], forecast[horizon: i].dropFirst()).allSatisfy { $0 <= $1 }) }
            #expect(throws: ForecastError.shortHistory(sessions: 60, needed: 61)) { try model.forecast(young, at: 59) }
            #expect(throws: ForecastError.self) { try model.forecast(young, at: 61) }
        }
    }

    @Test func `Missing features give a forecast and missing volatility an error`() throws {
        let set = TrainingSet(histories: try SyntheticMarket.histories(count: 5, sessions: 600, effect: 0), cut: SyntheticMarket.date(599))
        var configuration = SyntheticMarket.small
        configuration.rounds = 1
        let model = try LSTM.fit(set, configuration, seed: 1)
        let good = set.histories[0]
        let blank = try History(
            id: "X", layout: good.layout, sessions: good.sessions, features: [Float](repeating: .nan, count: good.features.count),
            logLevel: good.logLevel, sigma97: good.sigma97, blend: good.blend)
        #expect(try model.forecast(blank, at: 300).values.allSatisfy { $0.isFinite })
        let still = try History(
            id: "X", layout: good.layout, sessions: good.sessions, features: good.features, logLevel: good.logLevel, sigma97: good.sigma97,
            blend: [Double](repeating: .nan, count: good.count))
        #expect(throws: ForecastError.noVolatility(still.sessions[300])) { try model.forecast(still, at: 300) }
        let other = try History(
            id: "X", layout: FeatureLayout(version: "other", names: good.layout.names, sequence: [0, 1, 2]), sessions: good.sessions,
            features: good.features, logLevel: good.logLevel, sigma97: good.sigma97, blend: good.blend)
        #expect(throws: ForecastError.otherFeatures(expected: "synthetic", found: "other")) { try model.forecast(other, at: 300) }
    }

    @Test func `Many forecasts at once have the bits of one by one`() throws {
        let set = TrainingSet(
            histories: try SyntheticMarket.histories(count: 5, sessions: 600, effect: 0.5), cut: SyntheticMarket.date(599))
        var configuration = SyntheticMarket.small
        configuration.rounds = 1
        configuration.nets = 2
        let model = try LSTM.fit(set, configuration, seed: 1)
        let requests = (0..<150).map { (history: set.histories[$0 % 5], index: 60 + 3 * $0) }
        for (request, answer) in zip(requests, model.forecasts(requests)) {
            #expect(try answer.get() == model.forecast(request.history, at: request.index))
        }
    }

    @Test func `The pooled quantiles are those of the distribution`() throws {
        let set = TrainingSet(
            histories: try SyntheticMarket.histories(count: 20, sessions: 1_500, effect: 0), cut: SyntheticMarket.date(1_499))
        let forecast = try BlendedFHS.fit(set).forecast(set.histories[0], at: 1_499)
        #expect(abs(forecast[horizon: 0].last! / 0.01 - 1.645) < 0.05)
        #expect(abs(forecast[horizon: 2].first! / (0.01 * 20.squareRoot()) + 1.645) < 0.2)
    }
}
