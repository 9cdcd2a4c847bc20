import Kernels

extension BoostedTrees {
    /// Trees of the benchmark's booster.
    package static var benchmarkTrees: Int { QuantileBooster.Settings().trees }

    /// A benchmark: each call grows one booster (10 % quantile, shipping settings) on random rows that are binned beforehand.
    package static func fitRounds(rows: Int, inputs: Int) throws -> () -> BenchmarkRound {
        try Processor.check()
        var random = RandomGenerator(seed: 7)
        // Approximately normal: the sum of twelve uniform numbers less six.
        func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double(random.uniform()) } }
        let values = (0..<rows * inputs).map { _ in Float(normal()) }
        let targets = (0..<rows).map { row in
            Float(exponential(0.3 * Double(values[row * inputs]) + 0.2 * Double(values[row * inputs + 1])) * normal())
        }
        let cuts = FeatureBins(values, inputs: inputs)
        let bins = cuts.binned(values)
        return {
            benchmarkRound(samples: 1) {
                let booster = QuantileBooster(bins: bins, cuts, targets: targets, level: 0.1, .init(), seed: 7, stream: 100)
                precondition(booster.trees.count == benchmarkTrees)
            }
        }
    }
}
