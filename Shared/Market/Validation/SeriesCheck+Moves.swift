import Glibc

extension SeriesCheck {
    /// Days that repeat the one before, and days without volume whose price moved; of instruments that trade on nearly every day, since
    /// indices and pairs come without volume.
    func repeats(_ series: ValidationSeries) -> [Finding] {
        let trades = series.volume.count { $0 > 0 }
        let isLiquid = trades * 50 >= series.count * 49
        lazy var tick = series.tick
        var findings: [Finding] = []
        for index in 0..<series.count where index > 0 {
            let before = index - 1
            let isFlat = series.high[index] == series.low[index]
            let isSame =
                series.open[index] == series.open[before] && series.high[index] == series.high[before]
                && series.low[index] == series.low[before] && series.close[index] == series.close[before]
            let isCarried = isFlat && series.close[index] == series.close[before] && series.volume[index] == 0
            var isCopied = isSame && (!isFlat || isLiquid)
            if isSame, series.volume[index] != series.volume[before] {
                // Four equal prices within a few ticks are chance where the volume is another one.
                let least = max(thresholds.chance.ticks * tick, thresholds.chance.part * series.close[index])
                isCopied = series.high[index] - series.low[index] >= least
            }
            if isCopied || (isCarried && isLiquid) {
                findings.append(
                    finding(series, index, Validation.Rule.stale, "the figures of \(series.sessions[before])", .quarantine))
            } else if isLiquid, series.volume[index] == 0, !isFlat || series.close[index] != series.close[before] {
                findings.append(
                    finding(
                        series, index, Validation.Rule.zeroVolume, "\(series.close[index]) after \(series.close[before])", .quarantine))
            }
        }
        return findings
    }

    /// Levels of one day, and moves that neither the volatility nor the volume of the day explains.
    ///
    /// A level that lasts is no row's fault: it stands, with a split if it looks like one. Only of the last row nobody can tell yet.
    func moves(_ series: ValidationSeries) -> [Finding] {
        var findings: [Finding] = []
        var last = 0
        for index in 0..<series.count where index > 0 {
            let jump = series.move(of: series.open, at: index, since: last)
            let move = series.move(of: series.close, at: index, since: last)
            guard max(abs(jump), abs(move)) >= thresholds.spike.least,
                let deviation = series.deviation(around: index, window: thresholds.window.returns, least: thresholds.context)
            else {
                last = index
                continue
            }
            let base = series.close[last]
            let volume = series.relativeVolume(at: index, window: thresholds.window.volumes)
            if isSpike(series, index, last, move, deviation), isQuiet(volume, move) {
                let detail = "close \(series.close[index]) between \(base) and \(series.close[index + 1])"
                findings.append(finding(series, index, Validation.Rule.spike, detail, .quarantine))
                continue
            }
            if let rule = lasting(jump, move, deviation, volume) {
                let detail = "opened at \(series.open[index]) and closed at \(series.close[index]) after \(base)"
                let split =
                    rule == Validation.Rule.unknownSplit ? SplitRatio.believed(jump, 0.03 + deviation, volume, thresholds.quiet) : nil
                let repairs = split.map { [Repair(field: .split, before: 1, after: $0)] }
                findings.append(
                    finding(series, index, rule, detail, index == series.count - 1 ? .quarantine : repairs.map { .repair($0) } ?? .accept))
            }
            last = index
        }
        return findings
    }

    /// Whether the next day is back where the day before was, from its opening on.
    private func isSpike(_ series: ValidationSeries, _ index: Int, _ last: Int, _ move: Double, _ deviation: Double) -> Bool {
        let next = index + 1
        guard next < series.count, abs(move) >= max(thresholds.spike.least, thresholds.spike.deviations * deviation) else { return false }
        let back = series.move(of: series.close, at: next, since: last)
        let opening = series.move(of: series.open, at: next, since: last)
        return abs(back) <= 0.4 * abs(move) && abs(opening) <= 0.4 * abs(move)
    }

    private func lasting(_ jump: Double, _ move: Double, _ deviation: Double, _ volume: Double) -> String? {
        let isAtOnce = abs(move) >= 0.5 * abs(jump) && jump * move > 0 && isQuiet(volume, jump)
        let isSplit = SplitRatio.nearest(jump).distance < 0.03 + deviation
        if isAtOnce, abs(jump) >= max(thresholds.jump.least, thresholds.jump.deviations * deviation) { return Validation.Rule.unknownSplit }
        if isAtOnce, isSplit, abs(jump) >= max(thresholds.split.least, thresholds.split.deviations * deviation) {
            return Validation.Rule.unknownSplit
        }
        let isFar = abs(move) >= max(thresholds.inSession.least, thresholds.inSession.deviations * deviation)
        return isFar && isQuiet(volume, move) ? Validation.Rule.unexplainedReturn : nil
    }

    private func isQuiet(_ volume: Double, _ move: Double) -> Bool { volume < thresholds.news.base + thresholds.news.slope * abs(move) }
}

/// The ratios by which companies split their shares.
enum SplitRatio {
    private static let ratios = [1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50].map { (ratio: $0, log: log($0)) }

    /// The usual ratio nearest to a log jump of a price, in either direction, and how far off it is in logs.
    static func nearest(_ jump: Double) -> (ratio: Double, distance: Double) {
        let nearest = ratios.min { abs(abs(jump) - $0.log) < abs(abs(jump) - $1.log) } ?? ratios[0]
        return (jump < 0 ? nearest.ratio : 1 / nearest.ratio, abs(abs(jump) - nearest.log))
    }

    /// The new shares for one old of a jump that is a usual ratio on a day that is quiet for the number of shares: companies whose price
    /// halves on news trade many times as much.
    static func believed(_ jump: Double, _ tolerance: Double, _ volume: Double, _ quiet: Double) -> Double? {
        let (ratio, distance) = nearest(jump)
        return distance < tolerance && volume < quiet * max(1, ratio) ? ratio : nil
    }
}
