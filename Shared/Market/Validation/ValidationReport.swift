/// The result of validating new bars among the stored bars of the same source.
package struct ValidationReport: Sendable {
    /// Every new bar, and every stored bar whose result changed; in session order.
    package var bars: [ValidatedBar] = []
    /// The violations in the validated sessions, each with the bar before its repair; nil for a corporate action and a missing session.
    package var violations: [(violation: RuleViolation, bar: Bar?)] = []
    /// The sessions that were validated, in order.
    package var validatedSessions: [SessionDate] = []
    /// Ex-dates of splits that the prices contradict.
    package var rejectedSplits: Set<SessionDate> = []

    package init() {}
}

extension SeriesValidator {
    /// The days on either side of a bar that its result depends on.
    package static let contextDays = 100

    /// Validates new bars, and the bars next to them, among the stored bars of the same source.
    ///
    /// The result depends on the arguments alone, so that a rebuild repeats it.
    ///
    /// - Parameters:
    ///   - stored: the bars within `contextDays` of the new bars.
    ///   - actions: all corporate actions known.
    ///   - changed: the ex-dates of the actions that are new.
    package func validate(
        _ new: [ValidatedBar], among stored: [ValidatedBar], actions: [CorporateAction], changed: [SessionDate] = []
    ) -> ValidationReport {
        var (rows, isDue) = candidates(new, stored, changed)
        var report = ValidationReport()
        report.validatedSessions = zip(rows, isDue).filter(\.1).map { $0.0.current.bar.session }
        report.violations = missingSessions(rows.map(\.current.bar.session), isDue).map { ($0, nil) }
        // A quarantined bar that is not validated again is no context for other bars.
        (rows, isDue) = (0..<rows.count).filter { isDue[$0] || !rows[$0].current.isQuarantined }.reduce(into: ([], [])) {
            $0.0.append(rows[$1])
            $0.1.append(isDue[$1])
        }
        let sessions = Set(report.validatedSessions)
        let series = rows.enumerated().map { (ordinal: $0, row: RawBar($1.current.bar)) }
        var violations: [Int: [RuleViolation]] = [:]
        for violation in seriesViolations(in: series, actions) {
            if let ordinal = violation.ordinal {
                guard isDue[ordinal] else { continue }
                let violation = rows[ordinal].current.isReleased ? violation.released : violation
                violations[ordinal, default: []].append(violation)
                report.violations.append((violation, rows[ordinal].current.bar))
            } else if sessions.contains(violation.session) || changed.contains(violation.session) {
                report.rejectedSplits.insert(violation.session)
                report.violations.append((violation, nil))
            }
        }
        for (index, row) in rows.enumerated() where isDue[index] {
            var result = row.current.applying(violations[index] ?? [])
            guard row.isNew || result != row.current else { continue }
            let awaitsNext = (violations[index] ?? []).contains { ValidationRuleName.awaitingNextSession.contains($0.rule) }
            if row.isNew, awaitsNext, !result.isQuarantined, index + 1 < rows.count {
                result.confirmedBy = rows[index + 1].current.bar.session
            }
            report.bars.append(result)
        }
        return report
    }

    /// Finds gaps before or after the validated bars; each gap is reported at its first missing session.
    private func missingSessions(_ sessions: [SessionDate], _ isDue: [Bool]) -> [RuleViolation] {
        guard let calendar else { return [] }
        return sessions.indices.dropFirst().compactMap { index in
            guard isDue[index] || isDue[index - 1], let first = calendar.next(after: sessions[index - 1]), first < sessions[index]
            else { return nil }
            let last = sessions[index].advanced(by: -1)
            let count = calendar.count(from: first, through: last)
            let detail = count == 1 ? "no bar" : "no bars of \(count) sessions, until \(last)"
            return RuleViolation(session: first, rule: ValidationRuleName.missingSession, detail: detail, disposition: .accepted)
        }
    }

    private typealias Candidate = (current: ValidatedBar, isNew: Bool)

    /// All bars in session order, new bars in place of stored ones, and for each whether to validate it: new and changed bars and their
    /// neighbours.
    private func candidates(_ new: [ValidatedBar], _ stored: [ValidatedBar], _ changed: [SessionDate]) -> ([Candidate], [Bool]) {
        var rows: [Candidate] = new.map { ($0, true) }
        if !stored.isEmpty {
            let sessions = Set(new.map(\.bar.session))
            rows += stored.filter { !sessions.contains($0.bar.session) }.map { ($0, false) }
            rows.sort { $0.current.bar.session < $1.current.bar.session }
        }
        var isChanged = rows.map(\.isNew)
        for day in changed {
            if let index = rows.firstIndex(where: { $0.current.bar.session >= day }) { isChanged[index] = true }
        }
        let isDue = isChanged.indices.map { index in
            isChanged[index] || (index > 0 && isChanged[index - 1]) || (index + 1 < isChanged.count && isChanged[index + 1])
        }
        return (rows, isDue)
    }
}
