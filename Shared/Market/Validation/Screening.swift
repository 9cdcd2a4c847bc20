/// A bar as the rules leave it.
package struct ScreenedBar: Hashable, Sendable {
    /// With its repairs.
    package let bar: Bar
    /// Kept out of every series for now. It is looked at again when something near it changes.
    package var isHeld: Bool
    /// Somebody looked at it and said that it counts, whatever the rules say.
    package var isReleased = false
    /// New shares for one old since the bar before, where the level says so and nobody told of a split.
    package var split: Double?
    /// As traded, or brought back to it.
    package let basis: PriceBasis
    /// When the provider's prices are of; nil: the answer's own time.
    package var pricedAt: Instant?
    /// The session whose bar decided that this one counts, where it alone would have been held back until then.
    package var decidedBy: SessionDate?

    package init(_ bar: Bar, isHeld: Bool = false, split: Double? = nil, basis: PriceBasis = .asTraded, pricedAt: Instant? = nil) {
        self.bar = bar
        self.isHeld = isHeld
        self.split = split
        self.basis = basis
        self.pricedAt = pricedAt
    }

    /// Whether both say the same, whenever their prices are of and whatever decided it.
    package func repeats(_ other: ScreenedBar) -> Bool {
        (bar, isHeld, isReleased, split, basis) == (other.bar, other.isHeld, other.isReleased, other.split, other.basis)
    }
}

/// What becomes of new bars, and of stored ones that they shed light on.
package struct Screening: Sendable {
    /// Of every new bar, and of the stored ones whose verdict changed; in session order.
    package var bars: [ScreenedBar] = []
    /// What was found of the rows that were judged, each with the bar as it came; nil for an action's and a gap's.
    package var findings: [(finding: Finding, bar: Bar?)] = []
    /// The sessions that were judged, in order.
    package var judged: [SessionDate] = []
    /// Ex-dates of splits that the price knows nothing of.
    package var refusedSplits: Set<SessionDate> = []

    package init() {}
}

extension SeriesCheck {
    /// Sessions on either side of a change that its verdict depends on, in days.
    package static let reach = 100

    /// Judges new bars, and their neighbours, among the stored ones of the same source around them (`reach` days are enough), with all
    /// actions known, of which those on `changed` days are new. The result depends on nothing else, so that a fold stays a fold.
    package func screen(
        _ new: [ScreenedBar], among stored: [ScreenedBar], actions: [CorporateAction], changed: [SessionDate] = []
    ) -> Screening {
        var (rows, judged) = candidates(new, stored, changed)
        var screening = Screening()
        screening.judged = zip(rows, judged).filter(\.1).map { $0.0.now.bar.session }
        screening.findings = gaps(rows.map(\.now.bar.session), judged).map { ($0, nil) }
        // What was held and is not judged now is no context for anything.
        (rows, judged) = (0..<rows.count).filter { judged[$0] || !rows[$0].now.isHeld }.reduce(into: ([], [])) {
            $0.0.append(rows[$1])
            $0.1.append(judged[$1])
        }
        let sessions = Set(screening.judged)
        let series = rows.enumerated().map { (ordinal: $0, row: Validation.Row($1.now.bar)) }
        var verdicts: [Int: [Finding]] = [:]
        for finding in findingsOfSeries(series, actions) {
            if let ordinal = finding.ordinal {
                guard judged[ordinal] else { continue }
                let finding = rows[ordinal].now.isReleased ? finding.overruled : finding
                verdicts[ordinal, default: []].append(finding)
                screening.findings.append((finding, rows[ordinal].now.bar))
            } else if sessions.contains(finding.session) || changed.contains(finding.session) {
                screening.refusedSplits.insert(finding.session)
                screening.findings.append((finding, nil))
            }
        }
        for (index, row) in rows.enumerated() where judged[index] {
            var result = row.now.judged(verdicts[index] ?? [])
            guard row.isNew || result != row.now else { continue }
            let isHeldAlone = (verdicts[index] ?? []).contains { Validation.Rule.untilTheNextDay.contains($0.rule) }
            if row.isNew, isHeldAlone, !result.isHeld, index + 1 < rows.count { result.decidedBy = rows[index + 1].now.bar.session }
            screening.bars.append(result)
        }
        return screening
    }

    /// The holes beside judged rows, each by its first session.
    private func gaps(_ sessions: [SessionDate], _ judged: [Bool]) -> [Finding] {
        guard let calendar else { return [] }
        return sessions.indices.dropFirst().compactMap { index in
            guard judged[index] || judged[index - 1], let first = calendar.next(after: sessions[index - 1]), first < sessions[index]
            else { return nil }
            let last = sessions[index].advanced(by: -1)
            let count = calendar.count(from: first, through: last)
            let detail = count == 1 ? "no bar" : "no bars of \(count) sessions, until \(last)"
            return Finding(ordinal: nil, session: first, rule: Validation.Rule.gap, detail: detail, verdict: .accept)
        }
    }

    private typealias Candidate = (now: ScreenedBar, isNew: Bool)

    /// All sessions in order, the new bar before the stored one, and which are to be judged: the new, the changed, and those beside them.
    private func candidates(_ new: [ScreenedBar], _ stored: [ScreenedBar], _ changed: [SessionDate]) -> ([Candidate], [Bool]) {
        var rows: [Candidate] = new.map { ($0, true) }
        if !stored.isEmpty {
            let sessions = Set(new.map(\.bar.session))
            rows += stored.filter { !sessions.contains($0.bar.session) }.map { ($0, false) }
            rows.sort { $0.now.bar.session < $1.now.bar.session }
        }
        var touched = rows.map(\.isNew)
        for day in changed {
            if let index = rows.firstIndex(where: { $0.now.bar.session >= day }) { touched[index] = true }
        }
        let judged = touched.indices.map { index in
            touched[index] || (index > 0 && touched[index - 1]) || (index + 1 < touched.count && touched[index + 1])
        }
        return (rows, judged)
    }
}

extension ScreenedBar {
    /// As a row's findings leave it: held if one says so, else repaired.
    fileprivate func judged(_ findings: [Finding]) -> ScreenedBar {
        var result = repaired(findings)
        result.isReleased = isReleased
        return result
    }

    private func repaired(_ findings: [Finding]) -> ScreenedBar {
        if findings.contains(where: { $0.verdict == .quarantine }) {
            return ScreenedBar(bar, isHeld: true, basis: basis, pricedAt: pricedAt)
        }
        var row = Validation.Row(bar)
        var split: Double?
        var isChanged = false
        for case .repair(let repairs) in findings.map(\.verdict) {
            for repair in repairs {
                row = repair.applied(to: row)
                if repair.field == .split { split = repair.after } else { isChanged = true }
            }
        }
        guard isChanged, let open = row.open, let high = row.high, let low = row.low, let close = row.close else {
            return ScreenedBar(bar, split: split, basis: basis, pricedAt: pricedAt)
        }
        let mended = Bar(
            session: bar.session, open: Price(open), high: Price(high), low: Price(low), close: Price(close), volume: bar.volume)
        return ScreenedBar(mended, split: split, basis: basis, pricedAt: pricedAt)
    }
}
