import Forecasting
import Market
import Testing

@testable import Backtest

@Suite struct LeakCheckTests {
    private let names = ["future poison", "truncation", "label shuffle"]

    private func states(_ checks: [EvaluationReport.LeakCheck]) -> [EvaluationReport.LeakCheck.State] { checks.map(\.state) }

    @Test func `The checks use every member of the composition and pass`() throws {
        let table = SyntheticTable.table(symbols: 22, sessions: 700)
        let counts = Counts()
        let composition = try #require(ModelComposition.named("ensemble"))
        let checks = try LeakChecks(table, composition, seed: 1) { family, set, seed, _ in
            counts.add(family.family)
            return try ReducedTraining.fit(family, set, seed: seed)
        }.run()
        #expect(checks.map(\.name) == names && states(checks) == [.passed, .passed, .passed], "\(checks)")
        // Three walk-forwards with two trainings each, and one training on shuffled labels.
        #expect(counts.values == Dictionary(uniqueKeysWithValues: composition.members.map { ($0.family, 7) }))
        let compared = checks[0].detail.split(separator: " ")[2]
        // At three stops: 22 symbols' combined and members' forecasts, the weights and the calibration factors.
        #expect(compared == "\(3 * (22 * (1 + composition.members.count) + 2))")
    }

    @Test(arguments: ["transformer", "garch-t", "climatology"])
    func `The checks pass with a single model`(_ model: String) throws {
        let composition = try #require(ModelComposition.named(model))
        let checks = try LeakChecks(SyntheticTable.table(symbols: 8, sessions: 500), composition, seed: 1).run()
        #expect(states(checks) == [.passed, .passed, .passed], "\(checks)")
    }

    @Test func `Symbols delisted long ago are not used`() throws {
        let table = SyntheticTable.table(symbols: 28, sessions: 1_200) { symbol, day, bar in symbol < 25 && day >= 250 ? nil : bar }
        let composition = try #require(ModelComposition.named("blended-fhs"))
        let checks = try LeakChecks(table, composition, seed: 1).run()
        #expect(states(checks) == [.passed, .passed, .passed])
        // Three symbols at three stops, the model alone and as the composition.
        #expect(checks[0].detail.hasPrefix("0 of 18 "))
    }

    @Test func `Features that depend on later data are found`() throws {
        let composition = try #require(ModelComposition.named("har"))
        let checks = try LeakChecks(SyntheticTable.table(symbols: 22, sessions: 900), composition, seed: 1).run { histories in
            try histories.map { history in
                let ahead = history.blend.indices.map { history.blend[min($0 + 5, history.count - 1)] }
                return try History(
                    id: history.id, layout: history.layout, sessions: history.sessions, features: history.features,
                    logLevel: history.logLevel, sigma97: history.sigma97, blend: ahead)
            }
        }
        #expect(states(checks).prefix(2) == [.failed, .failed])
    }

    @Test func `A model that reads later data is found by each check`() throws {
        let composition = try #require(ModelComposition.named("har"))
        let checks = try LeakChecks(SyntheticTable.table(symbols: 3, sessions: 300), composition, seed: 1) { _, set, seed, _ in
            LookAheadModel(fallback: try BlendedFHS.fit(set, seed: seed))
        }.run()
        #expect(checks.map(\.name) == names && states(checks) == [.failed, .failed, .failed])
    }

    @Test func `A leak fails the backtest`() async throws {
        let error = await #expect(throws: BacktestError.self) {
            try await Backtest.run(
                prices: SyntheticTable.table(symbols: 3, sessions: 300), origins: nil, model: "har", seed: 1, trials: nil,
                checkTraining: { _, set, seed, _ in LookAheadModel(fallback: try BlendedFHS.fit(set, seed: seed)) }, progress: { _ in })
        }
        guard case .leak(let reasons) = error else {
            Issue.record("it failed otherwise: \(String(describing: error))")
            return
        }
        #expect(reasons.map { String($0.prefix { $0 != ":" }) } == names)
    }

    @Test(arguments: Quantiles.horizons)
    func `Labels that reach too far are counted`(_ horizon: Int) throws {
        let histories = try HistoryBuilder.histories(SyntheticTable.table(symbols: 3, sessions: 300), progress: { _ in })
        let cuts = [200, 230].map { SyntheticTable.start.advanced(by: $0) }
        let honest = LeakChecks.purge(histories, cuts: cuts)
        #expect(
            honest.state == .passed && honest.detail == "0 of \(3 * (181 + 211)) labels end after the cut of a training, over 2 trainings")
        let late = LeakChecks.purge(histories, cuts: cuts) { set, history in
            let rows = set.rows(of: history)
            return rows.lowerBound..<rows.upperBound + horizon
        }
        #expect(late.state == .failed && late.detail.hasPrefix("\(2 * 3 * horizon) of "))
    }

    @Test func `Checks that cannot run give the reason`() async throws {
        let short = try await Backtest.run(prices: SyntheticTable.table(symbols: 3, sessions: 200), model: "blended-fhs")
        #expect(states(short.evaluation.leakChecks) == [.notRun, .notRun, .notRun, .passed])
        #expect(BacktestReportText.lines(short).contains("leak check, truncation: not run: 200 sessions, the check needs 241"))
        #expect(String(decoding: try BacktestReportText.json(short), as: UTF8.self).contains("\"state\" : \"not_run\""))
        let trees = try #require(ModelComposition.named("boosted-trees"))
        let untrained = try LeakChecks(SyntheticTable.table(symbols: 3, sessions: 300), trees, seed: 1).run()
        #expect(states(untrained) == [.notRun, .notRun, .notRun])
        #expect(untrained.allSatisfy { $0.detail.hasSuffix("training needs 1000") }, "\(untrained)")
        let ensemble = try #require(ModelComposition.named("ensemble"))
        let partial = try LeakChecks(SyntheticTable.table(symbols: 3, sessions: 300), ensemble, seed: 1).run()
        #expect(states(partial) == [.passed, .passed, .passed])
        #expect(partial[0].detail.contains("; without boosted-trees: ") && !partial[0].detail.contains("without har"))
        #expect(LeakChecks.purge([], cuts: []).state == .notRun)
    }
}

/// A model that reads the returns it should forecast.
private struct LookAheadModel: ForecastModel {
    static let family = "look-ahead"
    let fallback: BlendedFHS
    var metrics: [String: Double] { [:] }

    init(fallback: BlendedFHS) { self.fallback = fallback }
    init(state: Artifact) throws { fallback = try BlendedFHS(state: state) }
    func state() -> Artifact { fallback.state() }

    static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> LookAheadModel {
        LookAheadModel(fallback: try BlendedFHS.fit(set, seed: seed))
    }

    func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        let honest = try fallback.forecast(history, at: index)
        return try QuantileForecast(
            Quantiles.horizons.indices.flatMap { i in
                let outcome = history.outcome(at: index, horizon: Quantiles.horizons[i])
                return honest[horizon: i].map { outcome.isFinite ? 0.1 * $0 + outcome : $0 }
            })
    }
}

private final class Counts {
    private(set) var values: [String: Int] = [:]
    func add(_ family: String) { values[family, default: 0] += 1 }
}
