/// A bar as the rules leave it.
package struct ScreenedBar: Hashable, Sendable {
    /// With its repairs.
    package let bar: Bar
    /// Kept out of every series for now. It is looked at again when something near it changes.
    package var isHeld: Bool
    /// New shares for one old since the bar before, where the level says so and nobody told of a split.
    package var split: Double?
    /// As traded, or brought back to it.
    package let basis: PriceBasis

    package init(_ bar: Bar, isHeld: Bool = false, split: Double? = nil, basis: PriceBasis = .asTraded) {
        self.bar = bar
        self.isHeld = isHeld
        self.split = split
        self.basis = basis
    }
}

/// What becomes of new bars, and of stored ones that they shed light on.
package struct Screening: Sendable {
    /// Of every new bar, and of the stored ones whose verdict changed; in session order.
    package var bars: [ScreenedBar] = []
    /// What was found of the rows that were judged, each with the bar as it came; nil for an action's.
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
        _ new: [Bar], _ basis: PriceBasis = .asTraded, among stored: [ScreenedBar], actions: [CorporateAction], changed: [SessionDate] = []
    ) -> Screening {
        var (rows, judged) = candidates(new.map { ScreenedBar($0, basis: basis) }, stored, changed)
        var screening = Screening()
        screening.judged = zip(rows, judged).filter(\.1).map { $0.0.now.bar.session }
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
                verdicts[ordinal, default: []].append(finding)
                screening.findings.append((finding, rows[ordinal].now.bar))
            } else if sessions.contains(finding.session) || changed.contains(finding.session) {
                screening.refusedSplits.insert(finding.session)
                screening.findings.append((finding, nil))
            }
        }
        for (index, row) in rows.enumerated() where judged[index] {
            let result = row.now.judged(verdicts[index] ?? [])
            if row.isNew || result != row.now { screening.bars.append(result) }
        }
        return screening
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
        if findings.contains(where: { $0.verdict == .quarantine }) { return ScreenedBar(bar, isHeld: true, basis: basis) }
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
            return ScreenedBar(bar, split: split, basis: basis)
        }
        let mended = Bar(
            session: bar.session, open: Price(open), high: Price(high), low: Price(low), close: Price(close), volume: bar.volume)
        return ScreenedBar(mended, split: split, basis: basis)
    }
}
