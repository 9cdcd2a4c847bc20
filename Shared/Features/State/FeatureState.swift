/// What the 28 features of the sessions to come depend on.
struct FeatureState: Sendable {
    private var series = SessionSeries()
    private var recurrences = Recurrences()

    /// Takes the block's sessions in: fills every column that the formulas read.
    mutating func run(_ block: FeatureBlock) {
        guard block.count > 0 else { return }
        block.takeLogarithms()
        Self.run(block, &series, &recurrences)
    }

    private static func run(_ block: FeatureBlock, _ series: inout SessionSeries, _ recurrences: inout Recurrences) {
        let (count, before) = (block.count, recurrences.bars)
        series.extend(by: count) { open in
            recurrences.carry(block, open)
            recurrences.slide(block, open, before: before)
            WindowSkewness.slide(
                open[.returns], sums: block[.return60], run: block[.equalReturns], count: count, before: before - 1,
                into: block[.skewness60])
            WindowMedian.slide(open[.volumes], count: count, before: before, into: block[.median20])
            block.takeExtremes(open, before: before)
            block.takeImpacts(open)
            recurrences.slideImpacts(block, open, before: before)
        }
    }

    /// A series is passed as deep as the next session looks.
    mutating func pass(_ coder: inout some StateCoder) {
        series.pass(&coder, .returns, depth: 250)
        series.pass(&coder, .logLevels, depth: 250)
        series.pass(&coder, .rangeSquares, depth: 10)
        series.pass(&coder, .garmanKlass, depth: 20)
        series.pass(&coder, .levels, depth: 20)
        series.pass(&coder, .volumes, depth: 60)
        series.pass(&coder, .turnovers, depth: 20)
        series.pass(&coder, .impacts, depth: 250)
        recurrences.pass(&coder)
    }
}
