import Features
package import Forecasting
import Market

/// What this build's engines are measured by, for the command line: everything is made ready first, and each call of the answered closure
/// is one round. Kernels are the shipping ones.
package enum NumericsBenchmark {
    package enum Net: String, Sendable, CaseIterable { case lstm, transformer }

    /// The version of the features that this build makes and reads.
    package static let featureVersion = FeatureSet.version

    /// Training of batches of 256 windows of 60 × 24, hidden 64, 21 outputs, fp32; a sample is a window.
    package static func training(_ net: Net, batches: Int, threads: Int) throws -> () -> BenchmarkRound {
        switch net {
        case .lstm: try LSTM.trainingRounds(batches: batches, threads: threads)
        case .transformer: try Transformer.trainingRounds(batches: batches, threads: threads)
        }
    }

    /// Forward passes of `batch` windows of that size at a time, one thread; a sample is a window.
    package static func inference(_ net: Net, batch: Int, runs: Int) throws -> () -> BenchmarkRound {
        switch net {
        case .lstm: try LSTM.inferenceRounds(batch: batch, runs: runs)
        case .transformer: try Transformer.inferenceRounds(batch: batch, runs: runs)
        }
    }

    /// The network of `inference`, with the same weights, as an ONNX file.
    package static func onnx(_ net: Net) -> [UInt8] {
        switch net {
        case .lstm: LSTM.measuredONNX()
        case .transformer: Transformer.measuredONNX()
        }
    }

    /// All 34 features of every session of every symbol, from bars to rows, in memory that is used again; one thread,
    /// a sample is a row.
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

    /// Fits of GARCH(1,1) with Student's t to series of returns; a sample is a fit.
    package static func garch(_ series: [[Double]], fits: Int) -> () -> BenchmarkRound { GARCHModel.fitRounds(series, fits: fits) }

    /// Series of `length` returns each that such models make, α + β near 1.
    package static func garchSeries(_ count: Int, length: Int) -> [[Double]] {
        GARCHModel.simulated(count, length: length)
    }

    /// One boosted quantile model of the shipping settings on random rows, bins made before; one thread, a sample is a model.
    package static func trees(rows: Int, inputs: Int) throws -> () -> BenchmarkRound {
        try BoostedTrees.fitRounds(rows: rows, inputs: inputs)
    }

    /// Trees of one model.
    package static var treesOfAModel: Int { BoostedTrees.measuredTrees }
}
