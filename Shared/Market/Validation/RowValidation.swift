/// The rules that a single row must meet to become a bar.
package enum RowValidation {
    /// The rules that a row breaks; empty for a good row.
    ///
    /// - Parameters:
    ///   - calendar: the exchange's sessions; nil skips the session rule.
    ///   - seen: the sessions of the rows already accepted from the same response.
    ///   - slack: how far open or close may lie outside the range from low to high, relative to the high. It allows for a provider's float noise.
    package static func violations(
        of row: RawBar, calendar: TradingCalendar?, seen: Set<SessionDate> = [], slack: Double = 1e-6
    ) -> [RuleViolation] {
        if isGood(row, slack), calendar.map({ $0.isSession(row.session) || !$0.covers(row.session) }) ?? true, !seen.contains(row.session) {
            return []
        }
        var violations: [RuleViolation] = []
        func add(_ rule: String, _ detail: String) { violations.append(RuleViolation(session: row.session, rule: rule, detail: detail)) }
        let fields = [("open", row.open), ("high", row.high), ("low", row.low), ("close", row.close), ("volume", row.volume)]
        let missing = fields.filter { $0.1 == nil }.map(\.0)
        if !missing.isEmpty { add(ValidationRuleName.nullField, missing.joined(separator: ", ")) }
        let infinite = fields.filter { $0.1.map { !$0.isFinite } ?? false }.map(\.0)
        if !infinite.isEmpty { add(ValidationRuleName.notFinite, infinite.joined(separator: ", ")) }
        let low = fields.prefix(4).filter { $0.1.map { $0 <= 0 } ?? false }.map { "\($0.0) \($0.1 ?? 0)" }
        if !low.isEmpty { add(ValidationRuleName.nonPositivePrice, low.joined(separator: ", ")) }
        let outside = fields.prefix(4).filter { $0.1.map { $0 > 0 && $0.isFinite && Price($0) == nil } ?? false }
        if !outside.isEmpty {
            add(ValidationRuleName.priceOutOfRange, outside.map { "\($0.0) \($0.1 ?? 0)" }.joined(separator: ", "))
        }
        if let volume = row.volume, volume < 0 { add(ValidationRuleName.negativeVolume, "volume \(volume)") }
        if let open = row.open, let high = row.high, let low = row.low, let close = row.close {
            let tolerance = slack * abs(high)
            if max(open, close, low) > high + tolerance || min(open, close) < low - tolerance {
                add(ValidationRuleName.priceOrder, "open \(open), high \(high), low \(low), close \(close)")
            }
        }
        if let calendar, calendar.covers(row.session), !calendar.isSession(row.session) {
            add(ValidationRuleName.notASession, "\(row.session) is no session of \(calendar.mic)")
        }
        if seen.contains(row.session) {
            add(ValidationRuleName.duplicateSession, "an earlier row of the response has the session \(row.session)")
        }
        return violations
    }

    /// Repairs that extend high and low to include open and close, if these lie outside by at most the relative `slack` (a provider's
    /// rounding); nil if the row breaks any other rule.
    package static func rangeRepairs(of row: RawBar, slack: Double = 1e-3) -> [Repair]? {
        guard let open = row.open, let high = row.high, let low = row.low, let close = row.close, low > 0, high >= low else { return nil }
        let (top, bottom) = (max(open, close, high), min(open, close, low))
        guard top.isFinite, top <= high * (1 + slack), bottom >= low * (1 - slack) else { return nil }
        var repairs: [Repair] = []
        if top > high { repairs.append(Repair(field: .high, before: high, after: top)) }
        if bottom < low { repairs.append(Repair(field: .low, before: low, after: bottom)) }
        return repairs
    }

    private static func isGood(_ row: RawBar, _ slack: Double) -> Bool {
        guard let open = row.open, let high = row.high, let low = row.low, let close = row.close, let volume = row.volume else {
            return false
        }
        let tolerance = slack * high
        guard (open + high + low + close + volume).isFinite, volume >= 0 else { return false }
        return Price.range.contains(min(open, low, close)) && Price.range.contains(high) && max(open, low, close) <= high + tolerance
            && min(open, close) >= low - tolerance
    }
}
