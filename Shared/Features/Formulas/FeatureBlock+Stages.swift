extension FeatureBlock {
    /// The natural logarithm of 2.
    static let log2 = 0.693_147_180_559_945_3

    /// Computes log returns, log ranges, ln(close / open) and Garman and Klass's variances, and appends them to their series.
    func computeLogarithms(_ open: SessionSeries.Open, isFirst: Bool) {
        let (range, intraday) = (self[.range], self[.intraday])
        range.fill(0..<count) { self[.highest].double4($0) / self[.lowest].double4($0) }
        intraday.fill(0..<count) { self[.close].double4($0) / self[.open].double4($0) }
        self[.logReturn].update(from: self[.growth], count: count)
        logarithms(range, count)
        logarithms(intraday, count)
        logarithms(self[.logReturn], count)
        open[.rangeSquares].fill(0..<count) { range.double4($0) * range.double4($0) }
        open[.garmanKlass].fill(0..<count) {
            open[.rangeSquares].double4($0) * 0.5 - intraday.double4($0) * intraday.double4($0) * (2 * Self.log2 - 1)
        }
        self[.variance].fill(0..<count) {
            let gap = self[.logReturn].double4($0) - intraday.double4($0)
            return greater(open[.garmanKlass].double4($0), Double4(repeating: 0)) + gap * gap
        }
        open[.returns].update(from: self[.logReturn], count: count)
        if isFirst { open[.returns][0] = 0 }
    }

    /// Computes the logarithms of variances and means for the formulas. Variances have lower bounds; ln σ is half of ln σ².
    func computeWindowLogarithms(_ open: SessionSeries.Open) {
        let least = Double4(repeating: 0.002 * 0.002), floor = Double4(repeating: 0.003 * 0.003), small = Double4(repeating: 1e-8)
        for column in [.variance94, .variance97, .bar90, .bar97, .variance99] as [Column] {
            self[column].fill(0..<count) { greater(self[column].double4($0), floor) }
        }
        for column in [.square5, .square20, .square60, .square250] as [Column] {
            self[column].fill(0..<count) { greater(self[column].double4($0), least) }
        }
        self[.logVolume].fill(0..<count) { open[.volumes].double4($0) / self[.median20].double4($0) }
        self[.logVolumes].fill(0..<count) { self[.volume5].double4($0) / self[.volume60].double4($0) }
        self[.logRange10].fill(0..<count) { greater(self[.range10].double4($0) * (1 / (4 * Self.log2)), small) }
        self[.logGarmanKlass20].fill(0..<count) { greater(self[.garmanKlass20].double4($0), small) }
        self[.logProduct].fill(0..<count) { self[.bar90].double4($0) * self[.bar97].double4($0) * self[.variance99].double4($0) }
        for (column, source) in [
            (.log94, .variance94), (.log5, .square5), (.log20, .square20), (.log60, .square60), (.log250, .square250),
            (.logLevel20, .level20),
        ] as [(Column, Column)] {
            logarithms(self[source], into: self[column], count)
        }
        for column in [.logVolume, .logVolumes, .logRange10, .logGarmanKlass20, .logProduct] as [Column] {
            logarithms(self[column], count)
        }
    }
}
