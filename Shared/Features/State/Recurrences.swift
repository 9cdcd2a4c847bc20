/// What one session hands to the next beside the series: levels, exponential means and the sums over windows.
struct Recurrences: Sendable {
    private(set) var bars = 0
    private var level = 1.0
    private var logLevel = 0.0
    private var lastReturn = Double.nan
    private var equalReturns = 0.0
    private var variance94 = ExponentialVariance(0.94), variance97 = ExponentialVariance(0.97)
    private var bar90 = ExponentialVariance(0.90), bar97 = ExponentialVariance(0.97), variance99 = ExponentialVariance(0.99)
    private var average12 = 0.0, average26 = 0.0
    private var squares = WindowSums(), moves = WindowSums(), prices = WindowSums(), volumes = WindowSums(), impacts = WindowSums()

    /// Levels and exponential means; writes the series of the block's sessions.
    mutating func carry(_ block: FeatureBlock, _ open: SessionSeries.Open) {
        for i in 0..<block.count {
            let first = bars == 0
            let r = block[.logReturn][i]
            if !first {
                level *= block[.growth][i]
                logLevel += r
                equalReturns = r == lastReturn ? equalReturns + 1 : 1
                lastReturn = r
                let square = r * r
                block[.variance94][i] = variance94.append(square)
                block[.variance97][i] = variance97.append(square)
                block[.variance99][i] = variance99.append(square)
                let gap = r - block[.intraday][i]
                let variance = max(block[.variance][i], 0) + gap * gap
                block[.bar90][i] = bar90.append(variance)
                block[.bar97][i] = bar97.append(variance)
            } else {
                for column in [.variance94, .variance97, .variance99, .bar90, .bar97] as [FeatureBlock.Column] { block[column][i] = .nan }
            }
            average12 = first ? level : average12 + (level - average12) * (2.0 / 13)
            average26 = first ? level : average26 + (level - average26) * (2.0 / 27)
            block[.equalReturns][i] = equalReturns
            block[.level][i] = level
            block[.logLevel][i] = logLevel
            block[.average12][i] = average12
            block[.average26][i] = average26
            open[.returns][i] = first ? 0 : r
            open[.logLevels][i] = logLevel
            open[.levels][i] = level
            let range = block[.range][i]
            open[.rangeSquares][i] = range * range
            open[.garmanKlass][i] = block[.variance][i]
            open[.volumes][i] = block[.volume][i]
            open[.turnovers][i] = block[.turnover][i]
            bars += 1
        }
    }

    private static let squareShares = WindowShares(5, 20, 60, 250), moveShares = WindowShares(20, 14, 14, 20)
    private static let priceShares = WindowShares(10, 20, 20, 20), volumeShares = WindowShares(5, 60, 60, 60)
    private static let impactShares = WindowShares(250, 250, 250, 250)

    /// Means over windows.
    mutating func slide(_ block: FeatureBlock, _ open: SessionSeries.Open, before: Int) {
        let (r, volume) = (open[.returns], open[.volumes])
        let (ranges, garmanKlass, levels, turnovers) = (open[.rangeSquares], open[.garmanKlass], open[.levels], open[.turnovers])
        var (squareShare, moveShare) = (Self.squareShares.after(before), Self.moveShares.after(before))
        var (priceShare, volumeShare) = (Self.priceShares.after(before + 1), Self.volumeShares.after(before + 1))
        for i in 0..<block.count {
            // Shares settle when the longest window is full.
            if before + i <= SessionSeries.reach {
                (squareShare, moveShare) = (Self.squareShares.after(before + i), Self.moveShares.after(before + i))
                (priceShare, volumeShare) = (Self.priceShares.after(before + i + 1), Self.volumeShares.after(before + i + 1))
            }
            let now = Four(repeating: r[i])
            let past = Four(r[i - 5], r[i - 20], r[i - 60], r[i - 250])
            squares.slide(in: now * now, out: past * past)
            moves.slide(in: Self.moves(r[i], r[i], r[i]), out: Self.moves(r[i - 20], r[i - 14], r[i - 20]))
            prices.slide(
                in: Four(ranges[i], garmanKlass[i], levels[i], turnovers[i]),
                out: Four(ranges[i - 10], garmanKlass[i - 20], levels[i - 20], turnovers[i - 20]))
            volumes.slide(in: Four(volume[i], volume[i], r[i], 0), out: Four(volume[i - 5], volume[i - 60], r[i - 60], 0))
            let square = squares.sums * squareShare, move = moves.sums * moveShare
            let price = prices.sums * priceShare, volume = volumes.sums
            (block[.square5][i], block[.square20][i], block[.square60][i], block[.square250][i]) = (square.x, square.y, square.z, square.w)
            (block[.size20][i], block[.gain14][i], block[.loss14][i], block[.lossSquare20][i]) = (move.x, move.y, move.z, move.w)
            (block[.range10][i], block[.garmanKlass20][i], block[.level20][i], block[.turnover20][i]) = (price.x, price.y, price.z, price.w)
            (block[.volume5][i], block[.volume60][i], block[.return60][i]) = (volume.x * volumeShare.x, volume.y * volumeShare.y, volume.z)
        }
    }

    /// |r|, its gain, its loss, its squared loss; of three sessions, whose windows end differently.
    @inline(__always)
    private static func moves(_ size: Double, _ swing: Double, _ drop: Double) -> Four {
        let part = greater(Four(size, swing, -swing, -drop), Four(-size, 0, 0, 0))
        return part * Four(1, 1, 1, part.w)
    }

    /// The first impact is that of the 17th session.
    mutating func slideImpacts(_ block: FeatureBlock, _ open: SessionSeries.Open, before: Int) {
        let impact = open[.impacts]
        var share = Self.impactShares.after(before - 16)
        for i in 0..<block.count {
            if before + i <= SessionSeries.reach + 16 { share = Self.impactShares.after(before + i - 15) }
            impacts.slide(in: Four(repeating: impact[i]), out: Four(repeating: impact[i - 250]))
            block[.impact250][i] = impacts.sums.x * share.x
        }
    }

    mutating func pass(_ coder: inout some StateCoder) {
        coder.pass(&bars)
        coder.pass(&level)
        coder.pass(&logLevel)
        coder.pass(&lastReturn)
        coder.pass(&equalReturns)
        for variance in [\.variance94, \.variance97, \.bar90, \.bar97, \.variance99] as [WritableKeyPath<Recurrences, ExponentialVariance>]
        {
            self[keyPath: variance].pass(&coder)
        }
        coder.pass(&average12)
        coder.pass(&average26)
        for sums in [\.squares, \.moves, \.prices, \.volumes, \.impacts] as [WritableKeyPath<Recurrences, WindowSums>] {
            self[keyPath: sums].pass(&coder)
        }
    }
}
