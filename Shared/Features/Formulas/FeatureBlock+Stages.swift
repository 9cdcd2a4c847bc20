extension FeatureBlock {
    /// The natural logarithm of 2.
    static let log2 = 0.693_147_180_559_945_3

    /// Log return, log range and log of close over open; the Garman-Klass variance.
    func takeLogarithms() {
        for i in stride(from: 0, to: count, by: 4) {
            let range = logarithms(self[.highest].four(i) / self[.lowest].four(i))
            let intraday = logarithms(self[.close].four(i) / self[.open].four(i))
            self[.logReturn].store(logarithms(self[.growth].four(i)), i)
            self[.range].store(range, i)
            self[.intraday].store(intraday, i)
            self[.variance].store(range * range * 0.5 - intraday * intraday * (2 * Self.log2 - 1), i)
        }
    }

    /// Log total returns over spans of sessions, NaN when history is shorter, and extremes of the windows.
    func takeExtremes(_ open: SessionSeries.Open, before: Int) {
        let (levels, returns) = (open[.logLevels], open[.returns])
        for (column, span) in [(.change5, 5), (.change20, 20), (.change60, 60), (.change120, 120)] as [(Column, Int)] {
            takeChange(levels, from: span, to: 0, before: before, into: self[column])
        }
        takeChange(levels, from: 250, to: 20, before: before, into: self[.momentum])
        withUnsafeTemporaryAllocation(of: Double.self, capacity: count + 250 + 16) { memory in
            guard let work = memory.baseAddress else { return }
            let first = levels - 249
            let missing = max(0, 249 - before)
            for i in 0..<missing { work[i] = -.infinity }
            for i in missing..<count + 249 { work[i] = first[i] }
            slideMaxima(work, count: count, length: 250)
            keep(work, least: 200, before: before + 1, into: self[.highest250])
            for i in 0..<missing { work[i] = -.infinity }
            for i in missing..<count + 249 { work[i] = -first[i] }
            slideMaxima(work, count: count, length: 250)
            keep(work, least: 200, before: before + 1, into: self[.lowest250])
            for i in 0..<count + 19 { work[i] = abs(returns[i - 19]) }
            slideMaxima(work, count: count, length: 20)
            keep(work, least: 16, before: before, into: self[.largest20])
        }
    }

    /// ln(mean |r| / mean turnover), also as a series; that of sessions without one is 0 there.
    func takeImpacts(_ open: SessionSeries.Open) {
        for i in stride(from: 0, to: count, by: 4) {
            let impact = logarithms(greater(self[.size20].four(i) / self[.turnover20].four(i), Four(repeating: 1e-20)))
            self[.impact].store(impact, i)
            open[.impacts].store(lanes { impact[$0].isNaN ? 0 : impact[$0] }, i)
        }
    }

    private func takeChange(
        _ levels: UnsafeMutablePointer<Double>, from: Int, to: Int, before: Int, into column: UnsafeMutablePointer<Double>
    ) {
        for i in stride(from: 0, to: count, by: 4) { column.store(levels.four(i - to) - levels.four(i - from), i) }
        for i in 0..<min(count, max(0, from - before)) { column[i] = .nan }
    }

    private func keep(_ work: UnsafeMutablePointer<Double>, least: Int, before: Int, into column: UnsafeMutablePointer<Double>) {
        column.update(from: work, count: count)
        for i in 0..<min(count, max(0, least - before)) { column[i] = .nan }
    }
}
