import Forecasting
import Foundation
import Market
import Testing

@testable import Backtest

@Suite struct WalkForwardTests {
    @Test func `Every origin is forecast in order and written on the grid`() async throws {
        let prices = SyntheticTable.table(symbols: 4, sessions: 700)
        let report = try await Backtest.run(prices: prices, model: "blended-fhs")
        #expect(report.forecasts.count == 98 * 4)
        #expect(report.rejected.isEmpty)
        #expect(report.forecasts.map(\.origin.session) == report.forecasts.map(\.origin.session).sorted())
        #expect(report.evaluation.horizons.map(\.horizon) == [1, 5, 20])
        #expect(report.evaluation.horizons[0].slices[0].count == 98 * 4)
        #expect(abs((report.evaluation.horizons[0].coverage?.calibrated80 ?? 0) - 0.8) < 0.06)
        let lines = String(decoding: ForecastCSV.csv(report.forecasts), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1 + 98 * 4 * 3)
        #expect(lines[0] == "date,symbol,horizon,q05,q10,q25,q50,q75,q90,q95")
        for line in lines.dropFirst() {
            let values = line.split(separator: ",").dropFirst(3).compactMap { Double($0) }
            #expect(values.count == 7 && zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
        }
    }

    @Test(arguments: ModelComposition.all.map(\.name))
    func `Data after an origin do not change its forecast`(_ model: String) async throws {
        let cut = 620
        // Trees split with 1,430 labelled rows or more, one in three of a symbol's.
        let symbols = ["linear-quantile", "boosted-trees", "ensemble"].contains(model) ? 12 : 3
        let origins = [Origin(session: SyntheticTable.start.advanced(by: cut), symbol: "S1")]
        let clean = SyntheticTable.table(symbols: symbols, sessions: 700)
        let poisoned = SyntheticTable.table(symbols: symbols, sessions: 700) { symbol, day, bar in
            day <= cut ? bar : SyntheticTable.scaled(bar, Double(2 + (day * 7 + symbol) % 5), volume: Double(1 + day))
        }
        let truncated = SyntheticTable.table(symbols: symbols, sessions: cut + 1)
        var forecasts: [QuantileForecast] = []
        for prices in [clean, poisoned, truncated] {
            let report = try await Backtest.run(prices: prices, origins: origins, model: model)
            forecasts.append(try #require(report.forecasts.first, "\(report.rejected)").forecast)
            #expect(
                Set(report.trainedModels.map(\.family)) == Set(ModelComposition.named(model)?.members.map(\.family) ?? []),
                "every member was fitted"
            )
        }
        #expect(forecasts[0] == forecasts[1])
        #expect(forecasts[0] == forecasts[2])
    }

    @Test func `The level of a symbols prices does not change its forecast`() async throws {
        let origins = [Origin(session: SyntheticTable.start.advanced(by: 640), symbol: "S1")]
        let plain = SyntheticTable.table(symbols: 3, sessions: 700)
        let scaled = SyntheticTable.table(symbols: 3, sessions: 700) { symbol, _, bar in symbol == 1 ? SyntheticTable.scaled(bar, 8) : bar }
        let a = try await Backtest.run(prices: plain, origins: origins, model: "ensemble").forecasts[0].forecast
        let b = try await Backtest.run(prices: scaled, origins: origins, model: "ensemble").forecasts[0].forecast
        #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func `Symbols with bad data get sorted finite quantiles or a typed error`() async throws {
        let last = 640
        let prices = SyntheticTable.table(symbols: 8, sessions: 700) { symbol, day, bar in
            switch symbol {
            case 1: day < last - 60 ? nil : bar
            case 2: SyntheticTable.scaled(bar, 1, volume: 0)
            case 3: (last - 20..<last - 10).contains(day) ? nil : bar
            case 4: SyntheticTable.scaled(bar, day < last - 3 ? 1 : 0.4)
            case 5: Observation(session: bar.session, open: 10, high: 10, low: 10, close: 10, volume: 100)
            case 6: day == last - 2 ? SyntheticTable.scaled(bar, .nan) : bar
            case 7: day < last - 40 ? nil : bar
            default: bar
            }
        }
        let session = SyntheticTable.start.advanced(by: last)
        let origins = (0..<9).map { Origin(session: session, symbol: "S\($0)") }
        let report = try await Backtest.run(prices: prices, origins: origins, model: "ensemble")
        #expect(report.forecasts.map(\.origin.symbol) == ["S0", "S1", "S2", "S3", "S4", "S5", "S6"])
        #expect(report.rejected.map(\.origin.symbol) == ["S7", "S8"])
        #expect(report.rejected[0].reason == .shortHistory(sessions: 41, needed: 61))
        for calibrated in report.forecasts {
            #expect(calibrated.forecast.values.allSatisfy { $0.isFinite })
        }
    }

    @Test func `An unknown model a too short table and a cancelled run are typed errors`() async throws {
        let prices = SyntheticTable.table(symbols: 2, sessions: 300)
        await #expect(throws: BacktestError.unknownModel("oracle")) { try await Backtest.run(prices: prices, model: "oracle") }
        await #expect(throws: BacktestError.noOrigins) {
            try await Backtest.run(prices: SyntheticTable.table(symbols: 2, sessions: 15), model: "blended-fhs")
        }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Backtest.run(prices: prices, model: "blended-fhs")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `Origins before anything can be learned are rejected with the reason`() async throws {
        let report = try await Backtest.run(prices: SyntheticTable.table(symbols: 2, sessions: 300), model: "ensemble")
        #expect(!report.rejected.isEmpty && !report.forecasts.isEmpty)
        #expect(report.rejected.count + report.forecasts.count == 2 * 56)
        guard case .untrained = report.rejected[0].reason else {
            Issue.record("\(report.rejected[0].reason)")
            return
        }
        let lines = BacktestReportText.lines(report)
        #expect(
            lines.contains {
                $0.hasPrefix("training of boosted-trees failed and left no model at 56 of 56 sessions: ") && $0.hasSuffix("needs 1000")
            })
        let rejected = "\(report.rejected.count) origins without a forecast: no model could be trained yet, the first S0 at "
        #expect(lines.contains { $0.hasPrefix(rejected) })
        let document = try document(report)
        let failedTrainings = try #require(document["failed_trainings"] as? [[String: Any]])
        #expect(failedTrainings.contains { $0["family"] as? String == "boosted-trees" && $0["sessions"] as? Int == 56 })
        #expect((document["trained_models"] as? [[String: Any]])?.count == report.trainedModels.count)
    }

    private func document(_ report: BacktestReport) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(try BacktestReportText.json(report)))
        return try #require(object as? [String: Any])
    }

    @Test func `Origins without a forecast are counted by their reason`() async throws {
        let prices = SyntheticTable.table(symbols: 3, sessions: 300) { symbol, day, bar in symbol == 1 && day >= 250 ? nil : bar }
        let origins = [200, 260, 270].flatMap { day in
            ["S0", "S1", "ZZ"].map { Origin(session: SyntheticTable.start.advanced(by: day), symbol: $0) }
        }
        let report = try await Backtest.run(prices: prices, origins: origins, model: "blended-fhs")
        #expect(report.forecasts.count == 4)
        let lines = BacktestReportText.lines(report)
        let (first, later) = (SyntheticTable.start.advanced(by: 200), SyntheticTable.start.advanced(by: 260))
        #expect(lines[0] == "3 origins without a forecast: the prices do not contain the symbol, the first ZZ at \(first)")
        #expect(lines[1] == "2 origins without a forecast: no usable bar, the first S1 at \(later)")
        let rejected = try #require(document(report)["rejected_origins"] as? [[String: Any]])
        #expect(rejected.map { $0["origins"] as? Int } == [3, 2])
    }

    @Test func `An origin at the last session is reported without figures`() async throws {
        let origin = Origin(session: SyntheticTable.start.advanced(by: 299), symbol: "S0")
        let report = try await Backtest.run(
            prices: SyntheticTable.table(symbols: 3, sessions: 300), origins: [origin], model: "blended-fhs")
        #expect(report.forecasts.count == 1)
        let lines = BacktestReportText.lines(report)
        #expect(lines.count { $0 == "  no outcome yet" } == 3)
        #expect(lines.contains { $0.hasPrefix("paper portfolio: none") } && !lines.contains { $0.contains("nan") })
        let horizons = try #require(document(report)["horizons"] as? [[String: Any]])
        #expect(horizons.map { $0["horizon"] as? Int } == [1, 5, 20])
        for horizon in horizons {
            let all = try #require((horizon["slices"] as? [[String: Any]])?.first)
            #expect(all["count"] as? Int == 0 && all["skill_over_climatology"] == nil && horizon["coverage"] == nil)
        }
    }

    @Test func `A backtest is evaluated and its leak checks pass`() async throws {
        let report = try await Backtest.run(prices: SyntheticTable.table(symbols: 22, sessions: 900), model: "har")
        let evaluation = report.evaluation
        #expect(evaluation.leakChecks.map(\.name) == ["future poison", "truncation", "label shuffle", "purge"])
        #expect(evaluation.isTrustworthy, "\(evaluation.leakChecks)")
        #expect(evaluation.horizons.map(\.horizon) == [1, 5, 20])
        #expect(evaluation.horizons[0].slices[0].count == report.forecasts.count)
        #expect(evaluation.leakChecks.allSatisfy { $0.state == .passed })
        #expect(evaluation.horizons[0].rankCorrelation?.dates ?? 0 > 4 * 98)
        #expect(evaluation.portfolio?.periods == 98)
        #expect(evaluation.portfolio?.trials == ModelComposition.all.count + Backtest.triedBefore, "no fewer than there are")
        let text = BacktestReportText.lines(report).joined(separator: "\n")
        #expect(text.contains("for \(ModelComposition.all.count + Backtest.triedBefore) configurations tried"))
        #expect(text.contains("leak check, future poison: passed") && text.contains("deflated Sharpe"))
    }

    @Test func `Given trials replace the default number`() async throws {
        let prices = SyntheticTable.table(symbols: 10, sessions: 200)
        let report = try await Backtest.run(prices: prices, model: "blended-fhs", trials: 7)
        #expect(report.evaluation.portfolio?.trials == 7)
    }

    @Test func `Progress rises to one`() async throws {
        let shares = Shares()
        _ = try await Backtest.run(prices: SyntheticTable.table(symbols: 2, sessions: 400), model: "blended-fhs") {
            shares.append($0.share)
        }
        #expect(shares.values == shares.values.sorted())
        #expect(shares.values.last == 1)
    }
}

private final class Shares: @unchecked Sendable {  // guarded by the lock
    private let lock = NSLock()
    private var stored: [Double] = []
    func append(_ share: Double) { lock.withLock { stored.append(share) } }
    var values: [Double] { lock.withLock { stored } }
}
