import Features
package import Forecasting
import Formats
import Market
import Providers

/// Benchmarks of the feature engine and the models for the command line, with the shipping kernels.
///
/// Each function prepares its data and returns a closure; each call of the closure measures one round.
package enum NumericsBenchmark {
    /// The sequence nets.
    package enum Net: String, Sendable, CaseIterable { case lstm, transformer }

    /// The version of the features that this build computes and reads.
    package static let featureVersion = FeatureSet.version

    /// Training on batches of 256 windows of 60 × 24, hidden 64, 21 outputs, fp32; a sample is a window.
    package static func training(_ net: Net, batches: Int, threads: Int) throws -> () -> BenchmarkRound {
        switch net {
        case .lstm: try LSTM.trainingRounds(batches: batches, threads: threads)
        case .transformer: try Transformer.trainingRounds(batches: batches, threads: threads)
        }
    }

    /// Forward passes of `batch` windows (60 × 24) at a time on one thread; a sample is a window.
    package static func inference(_ net: Net, batch: Int, runs: Int) throws -> () -> BenchmarkRound {
        switch net {
        case .lstm: try LSTM.inferenceRounds(batch: batch, runs: runs)
        case .transformer: try Transformer.inferenceRounds(batch: batch, runs: runs)
        }
    }

    /// The network of `inference`, with the same weights, as an ONNX file.
    package static func onnx(_ net: Net) -> [UInt8] {
        switch net {
        case .lstm: LSTM.benchmarkONNX()
        case .transformer: Transformer.benchmarkONNX()
        }
    }

    /// All 34 features of every session of every symbol, from bars to rows, in reused memory on one thread; a sample is a row.
    package static func features(symbols: Int, sessions: Int) -> () -> BenchmarkRound {
        var random = BenchmarkBars(seed: 7)
        let bars = (0..<symbols).map { _ in random.bars(sessions) }
        var rows = [FeatureRows](repeating: FeatureRows(), count: symbols)
        return {
            benchmarkRound(samples: Double(symbols * sessions)) {
                for symbol in 0..<symbols {
                    var engine = FeatureEngine()
                    engine.append(contentsOf: bars[symbol], to: &rows[symbol])
                }
                var cross = CrossSectionEngine(members: symbols)
                var some = CrossSectionSessions(members: symbols, sessions: 16)
                for first in stride(from: 0, to: sessions, by: 16) {
                    let places = (first..<min(first + 16, sessions)).flatMap { repeatElement($0, count: symbols) }
                    some.load(rows, at: places)
                    for session in 0..<places.count / symbols { _ = cross.append(some[session]) }
                }
            }
        }
    }

    /// Estimates of GARCH(1,1) with Student's t from series of returns; a sample is an estimate.
    package static func garch(_ series: [[Double]], fits: Int) -> () -> BenchmarkRound { GARCHModel.fitRounds(series, fits: fits) }

    /// Simulated returns of GARCH(1,1) models with α + β near 1.
    package static func garchSeries(_ count: Int, length: Int) -> [[Double]] {
        GARCHModel.simulated(count, length: length)
    }

    /// One boosted quantile model with the shipping settings on random rows, binned beforehand, on one thread; a sample is a model.
    package static func trees(rows: Int, inputs: Int) throws -> () -> BenchmarkRound {
        try BoostedTrees.fitRounds(rows: rows, inputs: inputs)
    }

    /// The number of trees of one boosted quantile model.
    package static var treesPerModel: Int { BoostedTrees.benchmarkTrees }
}

extension NumericsBenchmark {
    /// Processes one response of Yahoo's chart in memory: parses and validates it, adjusts its bars and computes their features.
    package static func ingest(chart body: [UInt8], asOf: Int64) throws -> Int {
        let calendar = TradingCalendar.of(mic: "XNYS")
        let response = try YahooChart().parse(
            body, status: 200, calendar: calendar, asOf: Instant(seconds: asOf))
        let report = SeriesValidator(calendar: calendar).validate(
            response.bars.map { ValidatedBar($0, basis: response.basis) }, among: [], actions: response.actions)
        var engine = FeatureEngine()
        let bars = report.bars.lazy.filter { !$0.isQuarantined }.map(\.bar)
        return engine.append(contentsOf: Adjustment.observations(bars: Array(bars), actions: response.actions)).sessions.count
    }

    /// Looks up `count` consecutive sessions of the New York Stock Exchange, each from the previous one.
    ///
    /// - Returns: the last date, so that the optimiser cannot remove a look-up.
    package static func nextSessions(_ count: Int) -> Int {
        guard let calendar = TradingCalendar.of(mic: "XNYS") else { return 0 }
        let first = SessionDate(year: 1990, month: 1, day: 2)
        var date = first
        for _ in 0..<count { date = calendar.next(after: date) ?? first }
        return Int(date.day)
    }
}
