import Kernels

extension BoostedTrees {
    package static var measuredTrees: Int { QuantileBooster.Settings().trees }

    /// Rounds of one booster (the 10 % quantile, the shipping settings) on random rows with bins made before.
    package static func fitRounds(rows: Int, inputs: Int) throws -> () -> BenchmarkRound {
        try Processor.check()
        var random = RandomStream(seed: 7)
        // About normal: twelve uniforms less six.
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
                precondition(booster.trees.count == measuredTrees)
            }
        }
    }
}
