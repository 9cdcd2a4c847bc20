import Market
import Testing

@testable import Forecasting

@Suite struct ExplanationTests {
    private static let layout = FeatureLayout(version: "v", names: ["z1", "v5", "lvol", "beta60", "rk5"], sequence: [0, 1])

    /// The last session is twice as volatile as the year before it, and only there do the features say anything.
    private func history(_ count: Int = 300) throws -> History {
        let blend = (0..<count).map { $0 == count - 1 ? 0.02 : 0.01 }
        return try History(
            id: "A", layout: Self.layout, sessions: (0..<count).map { SyntheticMarket.start.advanced(by: $0) },
            features: (0..<count).flatMap { row in [Float](repeating: row == count - 1 ? 1 : 0, count: 5) }, logLevel: blend,
            sigma97: blend, blend: blend)
    }

    /// S times quantiles that a feature widens or lifts; a missing one makes them much wider, as a branch of a tree may.
    private func forecast(
        _ widths: [Float], lift: Float = 0
    ) -> ([History]) -> [Result<QuantileForecast, ForecastError>] {
        each { history throws(ForecastError) in
            let row = history.features.suffix(5).map { $0.isFinite ? $0 : 0 }
            let start: Float = history.features.suffix(5).contains(where: \.isNaN) ? 4 : 1
            let wide = start + zip(row, widths).reduce(0) { $0 + $1.0 * $1.1 }
            let s = history.blend[history.count - 1]
            return try QuantileForecast(
                (0..<3).flatMap { _ in
                    [-1.6, -1.3, -0.7, 0, 0.7, 1.3, 1.6].map { s * (Double(wide) * $0 + Double(lift * row[0])) }
                })
        }
    }

    private func each(
        _ forecast: @escaping (History) throws(ForecastError) -> QuantileForecast
    ) -> ([History]) -> [Result<QuantileForecast, ForecastError>] {
        { $0.map { history in Result { () throws(ForecastError) in try forecast(history) } } }
    }

    private func effect(_ explanation: Explanation, _ group: Explanation.Group) throws -> Explanation.Effect {
        try #require(explanation.effects.first { $0.group == group })
    }

    @Test func `A groups effect is the forecasts change when its usual values replace it`() throws {
        let explanation = try Explanation(history(), forecast([0, 0.5, 0, 0, -0.25], lift: 0.1))
        #expect(explanation.effects.map(\.group) == Explanation.Group.allCases)
        #expect(try effect(explanation, .volatility).width.allSatisfy { abs($0 - (1.25 / 0.75 - 1)) < 1e-6 })
        #expect(try effect(explanation, .crossSection).width.allSatisfy { abs($0 - (1.25 / 1.5 - 1)) < 1e-6 })
        #expect(try effect(explanation, .returns).median.allSatisfy { abs($0 - 0.002) < 1e-9 })
        #expect(try effect(explanation, .volume).width == [0, 0, 0] && effect(explanation, .market).median == [0, 0, 0])
        // The geometric mean of 249 sessions at 0.01 and one at 0.02.
        let usual = 0.01 * exponential(logarithm(2) / 250)
        #expect(try effect(explanation, .scale).width.allSatisfy { abs($0 - (0.02 / usual - 1)) < 1e-9 })
        #expect(try explanation == Explanation(history(), forecast([0, 0.5, 0, 0, -0.25], lift: 0.1)))
    }

    @Test func `The summary names the group that changes the width most`() throws {
        #expect(try Explanation(history(), forecast([0, 0.5, 0, 0, 0])).summary == "mostly volatility")
        #expect(try Explanation(history(), forecast([0, 0, 9, 0, 0])).summary == "mostly volume")
        #expect(try Explanation(history(), forecast([0.7, 0, 0, 0, 0])).summary == "volatility first, then returns")
        let flat = each { (_: History) throws(ForecastError) in try QuantileForecast((0..<21).map { Double($0 % 7) }) }
        #expect(try Explanation(history(), flat).summary == "as on a typical day")
    }

    @Test func `Failed replacements do not count and a young instrument is not explained`() throws {
        let normal = forecast([0, 0.5, 0, 0, 0])
        let picky = { (histories: [History]) in
            zip(histories.indices, normal(histories)).map { $0 % 3 == 2 ? .failure(.nonFinite) : $1 }
        }
        let (some, all) = (try effect(Explanation(history(), picky), .volatility), try effect(Explanation(history(), normal), .volatility))
        #expect(zip(some.width, all.width).allSatisfy { abs($0 - $1) < 1e-12 } && all.width[0] > 0.4)
        #expect(throws: ForecastError.nonFinite) {
            try Explanation(history()) { normal([$0[0]]) + $0.dropFirst().map { _ in .failure(.nonFinite) } }
        }
        #expect(throws: ForecastError.shortHistory(sessions: 89, needed: 90)) { try Explanation(history(89), normal) }
        #expect(try Explanation(history(90), normal).summary == "mostly volatility")
    }

    @Test func `Days on which a young instrument lacked a feature do not count as usual`() throws {
        // z1 is missing in the first 100 rows: only shifts that do not reach them give usual values.
        func young(_ missing: Int) throws -> History {
            let whole = try history()
            var features = whole.features
            for row in 0..<missing { features[row * 5] = .nan }
            return try History(
                id: "A", layout: Self.layout, sessions: whole.sessions, features: features, logLevel: whole.logLevel,
                sigma97: whole.sigma97, blend: whole.blend)
        }
        let normal = forecast([0.5, 0.5, 0, 0, 0])
        let (some, all) = (try Explanation(young(100), normal), try Explanation(history(), normal))
        #expect(try zip(effect(some, .returns).width, effect(all, .returns).width).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(try effect(Explanation(young(290), normal), .returns).width == [0, 0, 0])
    }

    @Test func `A group is replaced by usual values and not by missing ones`() throws {
        let histories = try SyntheticMarket.histories(count: 8, sessions: 900, effect: 0)
        let history = histories[0]
        // A year ago's last sessions and all that a shift reaches are alike in every feature but the volatility of today.
        let width = history.layout.names.count
        var features = history.features
        for row in 0..<history.count {
            for column in 0..<width { features[row * width + column] = history.features[(history.count - 1) * width + column] }
        }
        let calm = try History(
            id: "calm", layout: history.layout, sessions: history.sessions, features: features, logLevel: history.logLevel,
            sigma97: history.sigma97, blend: history.blend.indices.map { history.blend[$0] * ($0 == history.count - 1 ? 2 : 1) })
        let trees = try BoostedTrees.fit(TrainingSet(histories: histories, cut: SyntheticMarket.date(880)))
        let explanation = try Explanation(calm) { trees.forecasts($0.map { ($0, $0.count - 1) }) }
        #expect(try effect(explanation, .returns).width == [0, 0, 0] && explanation.summary == "mostly volatility")
    }

    @Test func `Every family that reads features is explained`() throws {
        let histories = try SyntheticMarket.histories(count: 4, sessions: 1_200, effect: 0.5)
        let model = try LinearQuantile.fit(TrainingSet(histories: histories, cut: SyntheticMarket.date(1_150)))
        let explanation = try Explanation(histories[0]) { model.forecasts($0.map { ($0, $0.count - 1) }) }
        #expect(try effect(explanation, .returns).width.contains { $0 != 0 })
        #expect(explanation.effects.allSatisfy { ($0.width + $0.median).allSatisfy(\.isFinite) })
    }
}
