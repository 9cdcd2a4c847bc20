import Glibc

extension SeriesValidator {
    /// Finds reported splits that the opening price contradicts, and removes them from `series`.
    func contradictedSplits(_ series: inout ValidationSeries, _ actions: [CorporateAction]) -> [RuleViolation] {
        var violations: [RuleViolation] = []
        for action in actions {
            guard case .split(let new, let old) = action.kind, let index = series.index(onOrAfter: action.exDate), index > 0 else {
                continue
            }
            let reported = log(new / old)
            let jump = log(series.open[index] / series.close[index - 1])
            let deviation = series.deviation(around: index, window: thresholds.window.returns) ?? 0
            guard abs(reported) > max(0.05, 3 * deviation), abs(jump) < abs(jump + reported) else { continue }
            series.split[index] /= new / old
            violations.append(
                RuleViolation(
                    session: action.exDate, rule: ValidationRuleName.eventWithoutSplit,
                    detail: "\(new) for \(old), and the price opened at \(series.open[index]) after \(series.close[index - 1])"))
        }
        return violations
    }

    /// Finds single-session spikes, and moves that neither the volatility nor the volume explains.
    ///
    /// A lasting new price level is accepted, with a split if the jump looks like a split. The last bar of a series is quarantined until the
    /// next bar shows whether its level lasts.
    func priceMoves(_ series: ValidationSeries) -> [RuleViolation] {
        var violations: [RuleViolation] = []
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
                violations.append(violation(series, index, ValidationRuleName.singleSessionSpike, detail, .quarantined))
                continue
            }
            if let rule = ruleOfLastingMove(jump, move, deviation, volume) {
                let detail = "opened at \(series.open[index]) and closed at \(series.close[index]) after \(base)"
                let split =
                    rule == ValidationRuleName.splitWithoutEvent
                    ? SplitRatio.plausible(jump, 0.03 + deviation, volume, thresholds.quiet) : nil
                let repairs = split.map { [Repair(field: .split, before: 1, after: $0)] }
                violations.append(
                    violation(
                        series, index, rule, detail, index == series.count - 1 ? .quarantined : repairs.map { .repaired($0) } ?? .accepted))
            }
            last = index
        }
        return violations
    }

    /// Whether the next session, from its open on, returns to the price level before this session.
    private func isSpike(_ series: ValidationSeries, _ index: Int, _ last: Int, _ move: Double, _ deviation: Double) -> Bool {
        let next = index + 1
        guard next < series.count, abs(move) >= max(thresholds.spike.least, thresholds.spike.deviations * deviation) else { return false }
        let back = series.move(of: series.close, at: next, since: last)
        let opening = series.move(of: series.open, at: next, since: last)
        return abs(back) <= 0.4 * abs(move) && abs(opening) <= 0.4 * abs(move)
    }

    /// The rule that a lasting move breaks; nil if volatility or volume explains the move.
    private func ruleOfLastingMove(_ jump: Double, _ move: Double, _ deviation: Double, _ volume: Double) -> String? {
        let isAtOnce = abs(move) >= 0.5 * abs(jump) && jump * move > 0 && isQuiet(volume, jump)
        let isSplit = SplitRatio.nearest(jump).distance < 0.03 + deviation
        if isAtOnce, abs(jump) >= max(thresholds.jump.least, thresholds.jump.deviations * deviation) {
            return ValidationRuleName.splitWithoutEvent
        }
        if isAtOnce, isSplit, abs(jump) >= max(thresholds.split.least, thresholds.split.deviations * deviation) {
            return ValidationRuleName.splitWithoutEvent
        }
        let isFar = abs(move) >= max(thresholds.inSession.least, thresholds.inSession.deviations * deviation)
        return isFar && isQuiet(volume, move) ? ValidationRuleName.unexplainedReturn : nil
    }

    private func isQuiet(_ volume: Double, _ move: Double) -> Bool { volume < thresholds.news.base + thresholds.news.slope * abs(move) }
}
