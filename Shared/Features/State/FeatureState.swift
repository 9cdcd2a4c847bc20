/// What the 28 features of the sessions to come depend on.
struct FeatureState: Sendable {
    private var series = SessionSeries()
    private var recurrences = RecursiveState()

    /// Takes the sessions in that `take` puts into the block, and writes their rows.
    mutating func run(_ block: FeatureBlock, _ tables: FeatureRows.Tables, take: (SessionSeries.Open) -> Void) {
        series.extend { open in
            take(open)
            guard block.count > 0 else { return 0 }
            let before = recurrences.bars
            block.takeLogarithms(open, isFirst: before == 0)
            recurrences.carry(block, open)
            block.takeReturnWindows(open[.returns], before: before)
            block.takePriceWindows(open, before: before)
            block.takeExtremes(open, before: before)
            RollingSkewness.slide(
                open[.returns], sums: block[.return60], squares: block[.square60], cubes: block[.cube60], count: block.count,
                before: before - 1, into: block[.skewness60])
            RollingMedian.slide(open[.volumes], count: block.count, before: before, into: block[.median20])
            block.takeImpacts(open, before: before)
            block.takeLogarithmsOfWindows(open)
            block.write(open, tables)
            return block.count
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
