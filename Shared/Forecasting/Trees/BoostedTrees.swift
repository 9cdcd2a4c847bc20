import Kernels
import Market

/// Gradient-boosted quantile trees, pooled over all instruments: one booster for each of the 21 quantiles of z = y / (S √h).
///
/// Missing inputs take the direction that each split learned. Boosters are independent of each other, so threads never change a bit.
package struct BoostedTrees: ForecastModel {
    package static let family = "boosted-trees"
    package static let lookback = TabularInputs.lookback

    package let metrics: [String: Double]
    let inputs: TabularInputs
    /// One per output: where it starts, and its trees.
    let starts: [Float]
    let boosters: [[QuantileTree]]
    let seed: UInt64
    let cut: String

    /// Threads of a fit.
    static let threads = 2

    package static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> BoostedTrees {
        try fit(set, QuantileBooster.Settings(), threads: threads, seed: seed, deadline: deadline, progress: progress)
    }

    static func fit(
        _ set: TrainingSet, _ settings: QuantileBooster.Settings, threads: Int, seed: UInt64, deadline: ContinuousClock.Instant? = nil,
        progress: (Double) -> Void = { _ in }
    ) throws -> BoostedTrees {
        let block = try TabularSamples(set)
        let cuts = FeatureBins(block.values, inputs: block.inputs.count)
        let bins = cuts.binned(block.values)
        var boosters = [QuantileBooster?](repeating: nil, count: Quantiles.count)
        let width = Quantiles.levels.count
        // Rounds of `threads` boosters, so that the deadline is looked at in between.
        for first in stride(from: 0, to: Quantiles.count, by: threads) {
            if let deadline, ContinuousClock.now >= deadline { throw TrainingError.deadline }
            let parts = min(threads, Quantiles.count - first)
            boosters.withUnsafeMutableBufferPointer { boosters in
                // Safe: each part writes its own element.
                nonisolated(unsafe) let boosters = boosters
                Parallel.run(parts: parts, workers: threads) { part, _ in
                    let output = first + part
                    boosters[output] = QuantileBooster(
                        bins: bins, cuts, targets: block.targets[output / width], level: Quantiles.levels[output % width], settings,
                        seed: seed, stream: UInt64(100 + output))
                }
            }
            progress(Double(first + parts) / Double(Quantiles.count))
        }
        return BoostedTrees(
            metrics: ["training_rows": Double(block.rows)], inputs: block.inputs, starts: boosters.map { $0?.start ?? 0 },
            boosters: boosters.map { $0?.trees ?? [] }, seed: seed, cut: set.cut.description)
    }

    package func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        try inputs.check(history.layout)
        let sigma = try history.volatility(.blend, at: index)
        let z = inputs.values(history, row: index).withUnsafeBufferPointer { x in
            zip(starts, boosters).map { start, trees in
                x.baseAddress.map { x in trees.reduce(Double(start)) { $0 + Double($1.value(x)) } } ?? Double(start)
            }
        }
        return try scaledForecast(z, sigma)
    }
}
