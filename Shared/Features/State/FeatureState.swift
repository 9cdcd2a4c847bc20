/// The state from which a symbol's next features are computed: its recent series and its recursive averages.
struct FeatureState: Sendable {
    private var series = SessionSeries()
    private var recursion = RecursiveState()

    /// Computes and writes the rows of the sessions that `fill` puts into the block.
    mutating func run(_ block: FeatureBlock, _ tables: FeatureRows.Tables, fill: (SessionSeries.Open) -> Void) {
        series.extend { open in
            fill(open)
            guard block.count > 0 else { return 0 }
            let before = recursion.bars
            block.computeLogarithms(open, isFirst: before == 0)
            recursion.update(block, open)
            block.computeReturnWindows(open[.returns], before: before)
            block.computePriceWindows(open, before: before)
            block.computeExtremes(open, before: before)
            RollingSkewness.slide(
                open[.returns], sums: block[.return60], squares: block[.square60], cubes: block[.cube60], count: block.count,
                before: before - 1, into: block[.skewness60])
            RollingMedian.slide(open[.volumes], count: block.count, before: before, into: block[.median20])
            block.computeImpacts(open, before: before)
            block.computeWindowLogarithms(open)
            block.write(open, tables)
            return block.count
        }
    }

    /// Reads or writes the state's numbers; each series as far back as the next session reads.
    mutating func code(_ coder: inout some StateCoder) {
        series.code(&coder, .returns, depth: 250)
        series.code(&coder, .logLevels, depth: 250)
        series.code(&coder, .rangeSquares, depth: 10)
        series.code(&coder, .garmanKlass, depth: 20)
        series.code(&coder, .levels, depth: 20)
        series.code(&coder, .volumes, depth: 60)
        series.code(&coder, .turnovers, depth: 20)
        series.code(&coder, .impacts, depth: 250)
        recursion.code(&coder)
    }
}
