extension FeatureBlock {
    private typealias Rolling = RollingAggregates

    /// Computes means over windows of returns, their squares, cubes, absolute values and squared losses.
    func computeReturnWindows(_ returns: UnsafeMutablePointer<Double>, before: Int) {
        let (values, fives, twenties, sixties) = (work(0), work(1), work(2), work(3))
        values.fill(-249..<count) { returns.double4($0) * returns.double4($0) }
        fives.fill(-245..<count) { Rolling.five(values, $0) }
        twenties.fill(-220..<count) { Rolling.twenty(fives, $0) }
        sixties.fill(-180..<count) { Rolling.sixty(twenties, $0) }
        self[.square5].fill(0..<count) { fives.double4($0) * (1 / 5.0) }
        self[.square20].fill(0..<count) { twenties.double4($0) * (1 / 20.0) }
        self[.square60].fill(0..<count) { sixties.double4($0) * (1 / 60.0) }
        self[.square250].fill(0..<count) {
            ((sixties.double4($0) + sixties.double4($0 - 60)) + (sixties.double4($0 - 120) + sixties.double4($0 - 180))
                + (fives.double4($0 - 240) + fives.double4($0 - 245))) * (1 / 250.0)
        }
        values.fill(-59..<count) { values.double4($0) * returns.double4($0) }
        fives.fill(-55..<count) { Rolling.five(values, $0) }
        twenties.fill(-40..<count) { Rolling.twenty(fives, $0) }
        self[.cube60].fill(0..<count) { Rolling.sixty(twenties, $0) }

        fives.fill(-55..<count) { Rolling.five(returns, $0) }
        twenties.fill(-40..<count) { Rolling.twenty(fives, $0) }
        self[.return60].fill(0..<count) { Rolling.sixty(twenties, $0) }
        computeMeans14(returns, fives, into: .move14)

        values.fill(-19..<count) { greater(returns.double4($0), -returns.double4($0)) }
        fives.fill(-15..<count) { Rolling.five(values, $0) }
        self[.size20].fill(0..<count) { Rolling.twenty(fives, $0) * (1 / 20.0) }
        computeMeans14(values, fives, into: .size14)
        fives.fill(-15..<count) {
            greater(
                greater(greater(values.double4($0), values.double4($0 - 1)), greater(values.double4($0 - 2), values.double4($0 - 3))),
                values.double4($0 - 4))
        }
        self[.largest20].fill(0..<count) {
            greater(greater(fives.double4($0), fives.double4($0 - 5)), greater(fives.double4($0 - 10), fives.double4($0 - 15)))
        }
        for i in 0..<max(0, min(count, 16 - before)) { self[.largest20][i] = .nan }

        values.fill(-19..<count) {
            let loss = lesser(returns.double4($0), Double4(repeating: 0))
            return loss * loss
        }
        fives.fill(-15..<count) { Rolling.five(values, $0) }
        self[.lossSquare20].fill(0..<count) { Rolling.twenty(fives, $0) * (1 / 20.0) }
        let windows: [(Column, Int)] = [
            (.square5, 5), (.square20, 20), (.square60, 60), (.square250, 250), (.size20, 20), (.size14, 14), (.move14, 14),
            (.lossSquare20, 20),
        ]
        for (column, length) in windows { Rolling.finalize(self[column], count, length: length, before: before - 1) }
    }

    /// Computes means over 14 values: two windows of five and four single values.
    @inline(__always)
    private func computeMeans14(_ values: UnsafeMutablePointer<Double>, _ fives: UnsafeMutablePointer<Double>, into column: Column) {
        self[column].fill(0..<count) {
            ((fives.double4($0) + fives.double4($0 - 5))
                + ((values.double4($0 - 10) + values.double4($0 - 11)) + (values.double4($0 - 12) + values.double4($0 - 13)))) * (1 / 14.0)
        }
    }

    /// Computes means over windows of squared ranges, Garman and Klass's variances, levels, turnovers and volumes.
    func computePriceWindows(_ open: SessionSeries.Open, before: Int) {
        let (fives, twenties) = (work(0), work(1))
        fives.fill(-5..<count) { Rolling.five(open[.rangeSquares], $0) }
        self[.range10].fill(0..<count) { (fives.double4($0) + fives.double4($0 - 5)) * (1 / 10.0) }
        for (series, column) in [(.garmanKlass, .garmanKlass20), (.levels, .level20), (.turnovers, .turnover20)]
            as [(SessionSeries.Name, Column)]
        {
            let values = open[series]
            fives.fill(-15..<count) { Rolling.five(values, $0) }
            self[column].fill(0..<count) { Rolling.twenty(fives, $0) * (1 / 20.0) }
        }
        fives.fill(-55..<count) { Rolling.five(open[.volumes], $0) }
        twenties.fill(-40..<count) { Rolling.twenty(fives, $0) }
        self[.volume5].fill(0..<count) { fives.double4($0) * (1 / 5.0) }
        self[.volume60].fill(0..<count) { Rolling.sixty(twenties, $0) * (1 / 60.0) }
        let windows: [(Column, Int)] = [
            (.range10, 10), (.garmanKlass20, 20), (.level20, 20), (.turnover20, 20), (.volume5, 5), (.volume60, 60),
        ]
        for (column, length) in windows { Rolling.finalize(self[column], count, length: length, before: before) }
    }

    /// Computes the highest and lowest log level over 250 sessions; NaN below 200 sessions.
    func computeExtremes(_ open: SessionSeries.Open, before: Int) {
        let (levels, lines) = (open[.logLevels], (work(0), work(1)))
        guard before < 249 else {
            Rolling.largest(levels, count, lines, into: self[.highest250])
            Rolling.least(levels, count, lines, into: self[.lowest250])
            return
        }
        let known = work(2)
        known.update(from: levels, count: count)
        for i in -249..<0 { known[i] = i < -before ? -.infinity : levels[i] }
        Rolling.largest(known, count, lines, into: self[.highest250])
        for i in -249 ..< -before { known[i] = .infinity }
        Rolling.least(known, count, lines, into: self[.lowest250])
        for i in 0..<max(0, min(count, 199 - before)) { (self[.highest250][i], self[.lowest250][i]) = (.nan, .nan) }
    }

    /// Computes Amihud's ln(mean |r| / mean turnover) and its mean over 250 sessions. The first value is the 17th session's.
    func computeImpacts(_ open: SessionSeries.Open, before: Int) {
        let impacts = open[.impacts]
        self[.impact].fill(0..<count) { greater(self[.size20].double4($0) / self[.turnover20].double4($0), Double4(repeating: 1e-20)) }
        logarithms(self[.impact], count)
        impacts.update(from: self[.impact], count: count)
        for i in 0..<count where impacts[i].isNaN { impacts[i] = 0 }
        Rolling.sum(impacts, count, (work(0), work(1)), into: self[.impact250])
        self[.impact250].fill(0..<count) { self[.impact250].double4($0) * (1 / 250.0) }
        Rolling.finalize(self[.impact250], count, length: 250, before: before - 16)
    }
}
