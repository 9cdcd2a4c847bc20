import Glibc

extension SeriesCheck {
    /// Days that repeat the one before, and days without volume whose price moved.
    func repeats(_ series: ValidationSeries) -> [Finding] {
        let trades = series.volume.count { $0 > 0 }
        let isLiquid = trades * 50 >= series.count * 49
        var findings: [Finding] = []
        for index in 0..<series.count where index > 0 {
            let before = index - 1
            let isFlat = series.high[index] == series.low[index]
            let isSame =
                series.open[index] == series.open[before] && series.high[index] == series.high[before]
                && series.low[index] == series.low[before] && series.close[index] == series.close[before]
            let isCarried = isFlat && series.close[index] == series.close[before] && series.volume[index] == 0
            if (isSame && !isFlat) || (isSame && isLiquid && series.volume[index] == series.volume[before]) || (isCarried && isLiquid) {
                findings.append(
                    finding(series, index, Validation.Rule.stale, "the figures of \(series.sessions[before])", .quarantine))
            } else if series.volume[index] == 0, !isFlat || series.close[index] != series.close[before] {
                findings.append(
                    finding(
                        series, index, Validation.Rule.zeroVolume, "\(series.close[index]) after \(series.close[before])", .quarantine))
            }
        }
        return findings
    }

    /// Levels of one day, and moves that neither the volatility nor the volume of the day explains.
    func moves(_ series: ValidationSeries) -> [Finding] {
        var findings: [Finding] = []
        var last = 0
        for index in 0..<series.count where index > 0 {
            let split = series.splits(after: last, through: index)
            let base = series.close[last]
            let jump = log(series.open[index] * split / base)
            let move = log(series.close[index] * split / base)
            guard max(abs(jump), abs(move)) >= thresholds.spike.least else {
                last = index
                continue
            }
            let deviation = series.deviation(around: index, window: thresholds.window.returns)
            let volume = series.relativeVolume(at: index, window: thresholds.window.volumes)
            if isSpike(series, index, last, move, deviation), isQuiet(volume, move) {
                let detail = "close \(series.close[index]) between \(base) and \(series.close[index + 1])"
                findings.append(finding(series, index, Validation.Rule.spike, detail, .quarantine))
                continue
            }
            if let rule = lasting(jump, move, deviation, volume) {
                let detail = "opened at \(series.open[index]) and closed at \(series.close[index]) after \(base)"
                findings.append(finding(series, index, rule, detail, .quarantine))
            }
            last = index
        }
        return findings
    }

    /// Whether the next day is back where the day before was, from its opening on.
    private func isSpike(_ series: ValidationSeries, _ index: Int, _ last: Int, _ move: Double, _ deviation: Double) -> Bool {
        let next = index + 1
        guard next < series.count, abs(move) >= max(thresholds.spike.least, thresholds.spike.deviations * deviation) else { return false }
        let split = series.splits(after: last, through: next)
        let back = log(series.close[next] * split / series.close[last])
        let opening = log(series.open[next] * split / series.close[last])
        return abs(back) <= 0.4 * abs(move) && abs(opening) <= 0.4 * abs(move)
    }

    private func lasting(_ jump: Double, _ move: Double, _ deviation: Double, _ volume: Double) -> String? {
        let isAtOnce = abs(move) >= 0.5 * abs(jump) && jump * move > 0 && isQuiet(volume, jump)
        let isSplit = SplitRatio.distance(jump) < 0.03 + deviation
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
    private static let logarithms = [1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50].map { log($0) }

    /// From a log jump of a price to the log of the nearest usual ratio, in either direction.
    static func distance(_ jump: Double) -> Double { logarithms.map { abs(abs(jump) - $0) }.min() ?? .infinity }
}
