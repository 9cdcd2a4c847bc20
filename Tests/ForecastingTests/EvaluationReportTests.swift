import Foundation
import Market
import Testing

@testable import Forecasting

@Suite struct EvaluationReportTests {
    private let unit = [-1.6449, -1.2816, -0.6745, 0.0, 0.6745, 1.2816, 1.6449]

    private func normal(_ random: inout RandomGenerator) -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.uniform()) } }

    /// Standard normal outcomes; the model knows the law, climatology is half as wide, the random walk twice.
    private func report(shift: Double = 0) throws -> EvaluationReport {
        func forecast(_ scale: Double, _ median: Double = 0) throws -> QuantileForecast {
            try QuantileForecast((0..<3).flatMap { _ in unit.map { median + $0 * scale } })
        }
        var random = RandomGenerator(seed: 3)
        var accumulator = EvaluationAccumulator(step: 5)
        for date in 0..<120 {
            var rows: [EvaluationAccumulator.Row] = []
            for symbol in 0..<30 {
                let median = shift * Double(symbol % 3 - 1)
                let outcomes = (0..<3).map { _ in median + normal(&random) }
                rows.append(
                    EvaluationAccumulator.Row(
                        symbol: "S\(symbol)", outcomes: outcomes, executed: outcomes[1], volatility: 1 + Double(symbol) / 100,
                        uncalibrated: try forecast(0.9, median), calibrated: try forecast(1, median), climatology: try forecast(0.5),
                        randomWalk: try forecast(2)))
            }
            accumulator.add(SessionDate(year: 2015 + date / 60, month: 1, day: 1 + date % 60), rows)
            accumulator.addDaily(
                medians: rows.map { row in (0..<3).map { row.calibrated.median(horizonIndex: $0) } }, outcomes: rows.map(\.outcomes))
        }
        return accumulator.report(trials: 10, leakChecks: [.init(name: "purge", .passed, detail: "")])
    }

    @Test func `A forecaster that knows the distribution beats both references everywhere`() throws {
        let report = try report()
        for horizon in report.horizons {
            #expect(horizon.slices.map(\.name) == ["all", "low volatility", "medium volatility", "high volatility", "2015", "2016"])
            #expect(horizon.slices.allSatisfy { $0.overClimatology ?? 0 > 0.02 && $0.overRandomWalk ?? 0 > 0.05 })
            #expect(horizon.slices[0].count == 3_600 && horizon.slices[1...3].map(\.count).reduce(0, +) == 3_600)
            let coverage = try #require(horizon.coverage)
            #expect(abs(coverage.calibrated80 - 0.8) < 0.02 && abs(coverage.calibrated90 - 0.9) < 0.015)
            #expect(coverage.uncalibrated80 < coverage.calibrated80 - 0.02)
            #expect(horizon.probabilityIntegral.allSatisfy { abs($0.share - 0.1) < 0.03 })
            #expect(horizon.comparisons.allSatisfy { $0.t ?? 0 < -5 })
        }
        #expect(report.isTrustworthy)
    }

    @Test func `Predictable returns show in direction rank and portfolio`() throws {
        let edge = try report(shift: 0.5)
        let direction = try #require(edge.horizons[0].direction)
        #expect(direction.share - (direction.halfWidth ?? 1) > 0.6)
        let ranks = try #require(edge.horizons[0].rankCorrelation)
        #expect(try ranks.mean > 0.3 && #require(ranks.t) > 10)
        let portfolio = try #require(edge.portfolio)
        #expect(portfolio.deflatedSharpe > 0.99)
        #expect(portfolio.turnover < 1e-9 + 1.0 / 60, "the weights never change after the first day")
        #expect(abs(try #require(report().horizons[0].rankCorrelation?.t)) < 3)
    }

    @Test func `Every trade is charged`() throws {
        var portfolio = try #require(PaperPortfolio(step: 5))
        for day in 0..<20 {
            portfolio.add((0..<20).map { ("S\($0)", Double(day % 2 == 0 ? $0 : -$0), 0) })
        }
        let result = try #require(portfolio.result(trials: 1))
        #expect(result.grossSharpe == 0 && result.netSharpe < -5)
        #expect(abs(result.turnover - (1 + 19 * 2) / 20.0) < 1e-12)
        #expect(PaperPortfolio(step: 5)?.result(trials: 1) == nil)
    }

    /// Twenty sessions between rebalancings, of which a position is held five: 12.6 periods a year, and all capital goes in and out again.
    @Test func `Positions that are closed before the next ones are charged twice`() throws {
        #expect(PaperPortfolio(step: 4) == nil)
        func result(step: Int) throws -> PaperPortfolio.Result {
            var portfolio = try #require(PaperPortfolio(step: step))
            for period in 0..<20 {
                portfolio.add((0..<20).map { ("S\($0)", Double($0), (period % 2 == 0 ? 0.002 : 0.001) * Double($0)) })
            }
            return try #require(portfolio.result(trials: 1))
        }
        let (dense, sparse) = (try result(step: 5), try result(step: 20))
        #expect(abs(dense.turnover - 1 / 20.0) < 1e-12 && abs(sparse.turnover - 2) < 1e-12)
        #expect(abs(sparse.grossSharpe / dense.grossSharpe - 0.5) < 1e-12)
        // Earned per period: 6.65 × 0.002 or 6.65 × 0.001, so that mean and deviation are 0.009975 and 0.003325; a round trip costs 0.001.
        #expect(abs(sparse.grossSharpe - 3 * (252.0 / 20).squareRoot()) < 1e-9)
        #expect(abs(sparse.netSharpe - 0.008975 / 0.003325 * (252.0 / 20).squareRoot()) < 1e-9)
    }

    @Test func `Measures without outcomes or with only one date are missing`() throws {
        func report(outcomes: [Double], reference: Double) throws -> EvaluationReport {
            let exact = try QuantileForecast([Double](repeating: 0.01, count: 21))
            let wide = try QuantileForecast((0..<3).flatMap { _ in unit.map { 0.01 + $0 * reference } })
            var accumulator = EvaluationAccumulator(step: 1)
            accumulator.add(
                SessionDate(year: 2015, month: 1, day: 5),
                [
                    .init(
                        symbol: "A", outcomes: outcomes, executed: .nan, volatility: 1, uncalibrated: exact, calibrated: exact,
                        climatology: wide,
                        randomWalk: wide)
                ])
            let report = accumulator.report(trials: 1, leakChecks: [])
            #expect(try JSONDecoder().decode(EvaluationReport.self, from: JSONEncoder().encode(report)) == report)
            return report
        }
        let horizons = try report(outcomes: [0.01, 0.02, .nan], reference: 1).horizons
        #expect(horizons[1].slices[0].overClimatology ?? 0 > 0 && horizons[1].direction?.share == 1)
        #expect(horizons[1].direction?.halfWidth == nil && horizons[1].comparisons.allSatisfy { $0.t == nil })
        #expect(horizons[2].slices.map(\.count) == [0] && horizons[2].slices[0].overRandomWalk == nil)
        #expect(horizons[2].coverage == nil && horizons[2].direction == nil && horizons[2].rankCorrelation == nil)
        var accumulator = EvaluationAccumulator(step: 1)
        accumulator.addDaily(
            medians: (0..<10).map { [Double($0), 0, 0] }, outcomes: (0..<10).map { [Double($0), .nan, .nan] })
        let ranks = try #require(accumulator.report(trials: 1, leakChecks: []).horizons[0].rankCorrelation)
        #expect(ranks.mean == 1 && ranks.t == nil && ranks.dates == 1)
        let lossless = try report(outcomes: [0.01, 0.01, 0.01], reference: 0).horizons[0].slices[0]
        #expect(lossless.count == 1 && lossless.overClimatology == nil && lossless.overRandomWalk == nil)
    }

    @Test func `One failed leak check makes the report untrustworthy`() throws {
        var report = try report()
        report.leakChecks.append(.init(name: "future poison", .notRun, detail: "90 sessions"))
        #expect(report.isTrustworthy)
        report.leakChecks.append(.init(name: "truncation", .failed, detail: "1 of 3 moved"))
        #expect(!report.isTrustworthy)
        let bytes = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(EvaluationReport.self, from: bytes) == report)
    }

    /// Bailey and López de Prado's formula in Python with scipy 1.17's norm, 100 returns of ±0.01 around 0.002.
    @Test func `The deflated sharpe falls with the number of trials`() {
        let moments = Moments((0..<100).map { 0.002 + ($0 % 2 == 0 ? 0.01 : -0.01) })
        #expect(abs(moments.ratio - 0.2) < 1e-12 && abs(moments.kurtosis - 1) < 1e-9)
        #expect(abs(moments.deflated(trials: 1) - normalProbability(0.2 * 99.squareRoot())) < 1e-12)
        #expect(abs(moments.deflated(trials: 10) - 0.663_950_621_544_830_8) < 1e-6)
        #expect(abs(moments.deflated(trials: 100) - 0.298_769_375_386_640_4) < 1e-6)
    }

    @Test func `Rank correlation has its textbook values`() {
        #expect(spearman([1, 2, 3, 4], [10, 20, 30, 40]) == 1)
        #expect(spearman([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
        #expect(abs(spearman([1, 2, 2, 4], [1, 3, 2, 4]) - 0.948_683_298_050_513_8) < 1e-12)
        #expect(spearman([1, 1, 1], [1, 2, 3]) == 0)
    }
}
