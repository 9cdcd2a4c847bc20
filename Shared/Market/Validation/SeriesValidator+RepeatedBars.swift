extension SeriesValidator {
    /// Finds bars that repeat the previous bar, and bars without volume whose price moved.
    ///
    /// Bars without volume are checked only for instruments with volume in nearly every session: indices and pairs have none.
    func repeatedBars(_ series: ValidationSeries) -> [RuleViolation] {
        let trades = series.volume.count { $0 > 0 }
        let isLiquid = trades * 50 >= series.count * 49
        lazy var tick = series.tick
        var violations: [RuleViolation] = []
        for index in 0..<series.count where index > 0 {
            let before = index - 1
            let isFlat = series.high[index] == series.low[index]
            let isSame =
                series.open[index] == series.open[before] && series.high[index] == series.high[before]
                && series.low[index] == series.low[before] && series.close[index] == series.close[before]
            let isCarriedForward = isFlat && series.close[index] == series.close[before] && series.volume[index] == 0
            var isCopied = isSame && (!isFlat || isLiquid)
            if isSame, series.volume[index] != series.volume[before] {
                // Where the volume differs, four equal prices within a few ticks are a coincidence.
                let least = max(thresholds.chance.ticks * tick, thresholds.chance.part * series.close[index])
                isCopied = series.high[index] - series.low[index] >= least
            }
            if isCopied || (isCarriedForward && isLiquid) {
                violations.append(
                    violation(series, index, ValidationRuleName.staleRepeat, "the figures of \(series.sessions[before])", .quarantined))
            } else if isLiquid, series.volume[index] == 0, !isFlat || series.close[index] != series.close[before] {
                violations.append(
                    violation(
                        series, index, ValidationRuleName.zeroVolume, "\(series.close[index]) after \(series.close[before])", .quarantined))
            }
        }
        return violations
    }
}
