extension FeatureBlock {
    /// Computes every `SymbolFeature` and `FeatureRow.Extra` from the columns, four sessions at a time, and writes them as rows.
    func write(_ open: SessionSeries.Open, _ tables: FeatureRows.Tables) {
        let share = InverseSquareRoots()
        RowTile.with { tile in
            for first in stride(from: 0, to: count, by: RowTile.sessions) {
                let some = min(RowTile.sessions, count - first)
                for i in stride(from: 0, to: some, by: 4) { write(tile, i, first + i, open[.logLevels], open[.levels], share) }
                tile.write(some, tables) { self.place(first + $0) }
            }
        }
    }

    @inline(__always)
    private func write(
        _ tile: RowTile, _ lane: Int, _ i: Int, _ logLevels: UnsafeMutablePointer<Double>, _ levels: UnsafeMutablePointer<Double>,
        _ share: InverseSquareRoots
    ) {
        let r = self[.logReturn].double4(i), intraday = self[.intraday].double4(i)
        let logLevel = logLevels.double4(i)
        let s = self[.variance94].double4(i).squareRoot()
        let logS = self[.log94].double4(i) * 0.5
        let perS = 1 / s

        let change5 = logLevel - logLevels.double4(i - 5), change20 = logLevel - logLevels.double4(i - 20)
        let momentum = logLevels.double4(i - 20) - logLevels.double4(i - 250)
        tile.put(r * perS, .z1, lane)
        tile.put(change5 * perS * share.of5, .z5, lane)
        tile.put(change20 * perS * share.of20, .z20, lane)
        tile.put((logLevel - logLevels.double4(i - 60)) * perS * share.of60, .z60, lane)
        tile.put((logLevel - logLevels.double4(i - 120)) * perS * share.of120, .z120, lane)
        tile.put(momentum * perS * share.of230, .mom12_1, lane)
        tile.put((r - intraday) * perS, .gap, lane)
        tile.put(intraday * perS, .intraday, lane)
        tile.put(self[.range].double4(i) * perS, .range, lane)
        let highest = self[.highest].double4(i), lowest = self[.lowest].double4(i)
        let place = (self[.close].double4(i) - lowest) / (highest - lowest) - 0.5
        tile.put(place.replacing(with: 0, where: highest .<= lowest), .clv, lane)

        let log20 = self[.log20].double4(i) * 0.5, log60 = self[.log60].double4(i) * 0.5
        let square20 = self[.square20].double4(i), deviation60 = self[.square60].double4(i).squareRoot()
        tile.put(logS + 4, .lsig, lane)
        tile.put(self[.log5].double4(i) * 0.5 - logS, .v5, lane)
        tile.put(log20 - logS, .v20, lane)
        tile.put(log60 - log20, .v60_20, lane)
        tile.put(self[.log250].double4(i) * 0.5 - log60, .v250_60, lane)
        tile.put(self[.logRange10].double4(i) * 0.5 - logS, .park10, lane)
        tile.put(self[.logGarmanKlass20].double4(i) * 0.5 - logS, .gk20, lane)
        tile.put((self[.lossSquare20].double4(i) / square20).squareRoot() - 0.707, .semi20, lane)
        tile.put(self[.largest20].double4(i) / deviation60, .maxabs20, lane)
        tile.put(self[.skewness60].double4(i), .skew60, lane)
        // Gains and losses add up to the sizes, and their difference to the moves.
        let size = self[.size14].double4(i)
        tile.put((self[.move14].double4(i) + size) * 0.5 / (size + 1e-9) - 0.5, .rsi14, lane)
        tile.put((logLevel - self[.logLevel20].double4(i)) * perS * share.of20, .dsma20, lane)
        tile.put((logLevel - self[.highest250].double4(i)) * perS * share.of250, .dhigh250, lane)
        tile.put((logLevel - self[.lowest250].double4(i)) * perS * share.of250, .dlow250, lane)
        tile.put((self[.average12].double4(i) - self[.average26].double4(i)) / (levels.double4(i) * s), .macd, lane)
        tile.put(self[.logVolume].double4(i), .lvol, lane)
        tile.put(self[.logVolumes].double4(i), .lvol5_60, lane)
        tile.put(self[.impact].double4(i) - self[.impact250].double4(i), .amihud, lane)

        // The geometric mean of three volatilities is the sixth root of their squares' product.
        let blend = exponential(self[.logProduct].double4(i) * (1.0 / 6))
        tile.put(extra: r, .logReturn, lane)
        tile.put(extra: s, .sigma94, lane)
        tile.put(extra: self[.variance97].double4(i).squareRoot(), .sigma97, lane)
        tile.put(extra: blend, .blend, lane)
        tile.put(extra: change5, .return5, lane)
        tile.put(extra: change20, .return20, lane)
        tile.put(extra: momentum, .momentum, lane)
        tile.put(extra: deviation60, .deviation60, lane)
    }
}

/// 1 / √h for spans of h sessions.
private struct InverseSquareRoots {
    let of5 = 1 / 5.0.squareRoot(), of20 = 1 / 20.0.squareRoot(), of60 = 1 / 60.0.squareRoot(), of120 = 1 / 120.0.squareRoot()
    let of230 = 1 / 230.0.squareRoot(), of250 = 1 / 250.0.squareRoot()
}
