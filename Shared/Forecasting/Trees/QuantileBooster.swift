/// Gradient boosting of one quantile (Friedman, 2001; Ke et al., 2017) by leaf-wise trees on binned inputs.
///
/// Each leaf moves the forecast to the quantile of its residuals.
struct QuantileBooster {
    struct Settings: Sendable, Hashable {
        var trees = 120
        var leaves = 15
        var rate: Float = 0.05
        /// The least number of sampled rows of a leaf.
        var leastRows = 500
        /// The shares of inputs and of rows that each tree uses.
        var columnShare = 0.6
        var rowShare = 0.7
        var penalty = 5.0
    }

    let start: Float
    private(set) var trees: [QuantileTree] = []

    /// - Parameters:
    ///   - bins: rows × inputs.
    ///   - targets: one per row, at least one.
    init(bins: [UInt8], _ cuts: FeatureBins, targets: [Float], level: Double, _ settings: Settings, seed: UInt64, stream: UInt64) {
        start = Float(empiricalQuantile(targets.map(Double.init).sorted(), level))
        var random = RandomGenerator(seed: seed, stream: stream)
        let inputs = cuts.bounds.count
        let columnCount = min(inputs, max(1, Int((Double(inputs) * settings.columnShare).rounded())))
        let grower = TreeGrower(bins: bins, cuts, targets: targets, level: level, settings, columns: columnCount, start: start)
        let threshold = UInt64(settings.rowShare * 65_536)
        var all = Array(0..<inputs)
        for _ in 0..<settings.trees {
            random.shuffle(&all)
            grower.sample(threshold: threshold, &random)
            trees.append(grower.grow(Array(all[..<columnCount]).sorted()))
        }
    }
}
