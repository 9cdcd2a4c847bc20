import Features
package import Forecasting
import Market

/// Measures the training of whole models, as in a deployment, on synthetic bars.
package struct TrainingBenchmark: Sendable {
    /// The names of all model families.
    package static let families = ModelFamilies.all.map { $0.family }

    private let set: TrainingSet

    /// - Parameter sessions: sessions of each symbol, on weekdays.
    package init(symbols: Int, sessions: Int, progress: (Double) -> Void) throws {
        var random = BenchmarkBars(seed: 7)
        let monday = SessionDate(year: 2000, month: 1, day: 3)
        let series = (0..<symbols).map { symbol in
            let observations = random.bars(sessions).enumerated().map { index, bar in
                Observation(
                    session: monday.advanced(by: index / 5 * 7 + index % 5), open: bar.open, high: bar.high, low: bar.low, close: bar.close,
                    volume: bar.volume, dividend: bar.dividend)
            }
            return PriceTable.Series(symbol: "S\(symbol)", observations: observations)
        }
        let histories = try HistoryBuilder.histories(PriceTable(series: series), progress: progress)
        set = TrainingSet(histories: histories, cut: histories.compactMap(\.sessions.last).max() ?? monday)
    }

    /// Trains one model from the start, without a deadline.
    ///
    /// - Throws: `TrainingError`; `BacktestError.unknownModel` when there is no such family.
    package func train(_ family: String, progress: (Double) -> Void) throws -> BenchmarkRound {
        guard let type = ModelFamilies.named(family) else { throw BacktestError.unknownModel(family) }
        return try benchmarkRound(samples: 1) { _ = try type.fit(set, seed: 1, deadline: nil, progress: progress) }
    }
}
