/// The recursive quantities of a symbol: its total-return level and its exponential means and variances.
struct RecursiveState: Sendable {
    private(set) var bars = 0
    private var level = 1.0
    private var logLevel = 0.0
    private var variance94 = ExponentialVariance(0.94), variance97 = ExponentialVariance(0.97)
    private var bar90 = ExponentialVariance(0.90), bar97 = ExponentialVariance(0.97), variance99 = ExponentialVariance(0.99)
    private var average12 = 0.0, average26 = 0.0

    /// Computes the block's columns of exponential means and variances, and the series of levels.
    mutating func update(_ block: FeatureBlock, _ open: SessionSeries.Open) {
        var next = 0
        while next < block.count, !isWarm {
            step(block, open, next)
            next += 1
        }
        if next < block.count { run(block, open, next..<block.count) }
        bars += block.count
    }

    private var isWarm: Bool { variance94.isWarm && variance97.isWarm && variance99.isWarm && bar90.isWarm && bar97.isWarm }

    /// Updates the state by one of the first 61 sessions, whose variances are plain means. The first session has no return.
    private mutating func step(_ block: FeatureBlock, _ open: SessionSeries.Open, _ i: Int) {
        if bars + i > 0 {
            run(block, open, i..<i + 1)
            let square = open[.returns][i] * open[.returns][i]
            block[.variance94][i] = variance94.warm(square)
            block[.variance97][i] = variance97.warm(square)
            block[.variance99][i] = variance99.warm(square)
            block[.bar90][i] = bar90.warm(block[.variance][i])
            block[.bar97][i] = bar97.warm(block[.variance][i])
        } else {
            for column in [.variance94, .variance97, .variance99, .bar90, .bar97] as [FeatureBlock.Column] { block[column][0] = .nan }
            (average12, average26) = (level, level)
            (block[.average12][0], block[.average26][0]) = (level, level)
            (open[.levels][0], open[.logLevels][0]) = (level, logLevel)
        }
    }

    /// Updates all recursions side by side, so that the processor overlaps them.
    private mutating func run(_ block: FeatureBlock, _ open: SessionSeries.Open, _ range: Range<Int>) {
        var (level, logLevel, average12, average26) = (level, logLevel, average12, average26)
        var (variance94, variance97, variance99, bar90, bar97) = (variance94, variance97, variance99, bar90, bar97)
        for i in range {
            let r = open[.returns][i]
            let square = r * r
            block[.variance94][i] = variance94.append(square)
            block[.variance97][i] = variance97.append(square)
            block[.variance99][i] = variance99.append(square)
            block[.bar90][i] = bar90.append(block[.variance][i])
            block[.bar97][i] = bar97.append(block[.variance][i])
            level *= block[.growth][i]
            logLevel += r
            average12 = average12.addingProduct(level - average12, 2.0 / 13)
            average26 = average26.addingProduct(level - average26, 2.0 / 27)
            open[.levels][i] = level
            open[.logLevels][i] = logLevel
            block[.average12][i] = average12
            block[.average26][i] = average26
        }
        (self.level, self.logLevel, self.average12, self.average26) = (level, logLevel, average12, average26)
        (self.variance94, self.variance97, self.variance99, self.bar90, self.bar97) = (variance94, variance97, variance99, bar90, bar97)
    }

    /// Reads or writes the state's numbers.
    mutating func code(_ coder: inout some StateCoder) {
        coder.code(&bars)
        coder.code(&level)
        coder.code(&logLevel)
        for variance in [\.variance94, \.variance97, \.bar90, \.bar97, \.variance99]
            as [WritableKeyPath<RecursiveState, ExponentialVariance>]
        {
            self[keyPath: variance].code(&coder)
        }
        coder.code(&average12)
        coder.code(&average26)
    }
}
