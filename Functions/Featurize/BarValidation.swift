import Market
import Postgres
import Providers
import Store

/// Lets the rules judge what a response brings among what is stored around it, and writes bars and findings.
struct BarValidation: Sendable {
    let database: Database
    let check: SeriesValidator
    let available: @Sendable (SessionDate) -> Instant

    /// What was written.
    struct Judged: Sendable {
        /// By source.
        var changes: [String: Bars.Changes] = [:]
        /// The response's actions without those that its prices know nothing of.
        var actions: [CorporateAction] = []
        var rejectedSplits: Set<SessionDate> = []
        /// The ex-dates by which the prices of silent sources mean something else now.
        var explainedAnew: [SessionDate] = []
        /// Bars that count, and rows that do not, however many rules speak against one.
        var stored = 0, held = 0
    }

    /// An action that is new also sheds light on the bars of sources that name none themselves, and tells what they were adjusted for.
    func judge(
        _ parsed: ParsedResponse, _ response: ProviderResponse, _ told: CorporateActionContext, currency: String
    ) async throws -> Judged {
        var judged = Judged()
        var rejected = parsed.flaggedRows.map { row in
            RecordedViolation(
                ordinal: row.ordinal, session: row.session, rule: row.rule, detail: row.detail, text: row.text,
                verdict: row.repairs.isEmpty ? .quarantine : .repair, repairs: row.repairs)
        }
        var bars = parsed.bars.map { ValidatedBar($0, basis: parsed.basis) }
        if let word = parsed.manualOverride {
            bars = try await spoken(of: word, response)
            rejected += RecordedViolation.notes(of: word, about: Set(bars.map(\.bar.session)))
        } else if bars.isEmpty, !told.ofOwnBars.changed.isEmpty {
            // Of a provider that names actions apart from its prices.
            bars = try await restated(response.provider, response, told.ofOwnBars)
        }
        let report = try await judge(bars, response, told, currency, rejected, &judged)
        judged.rejectedSplits = report.rejectedSplits
        judged.actions = parsed.actions.filter { !$0.isSplit || !report.rejectedSplits.contains($0.exDate) }
        let told = told.without(report.rejectedSplits)
        judged.explainedAnew = told.ofSilent.changed
        if !told.ofSilent.changed.isEmpty {
            for source in told.silent.sorted() where source != response.provider {
                guard let own = try await Bars(database).currency(of: response.instrument, source: source) else { continue }
                let restated = try await restated(source, response, told.ofSilent)
                _ = try await judge(restated, response.of(source), told, own, [], &judged)
            }
        }
        return judged
    }

    private func judge(
        _ bars: [ValidatedBar], _ response: ProviderResponse, _ told: CorporateActionContext, _ currency: String,
        _ rejected: [RecordedViolation], _ judged: inout Judged
    ) async throws -> ValidationReport {
        let explaining = told.actions(of: response.provider)
        let days = explaining.changed + [bars.first?.bar.session, bars.last?.bar.session].compactMap { $0 }
        var (report, bars) = (ValidationReport(), bars)
        if let first = days.min(), let last = days.max() {
            let around = first.advanced(by: -SeriesValidator.contextDays)...last.advanced(by: SeriesValidator.contextDays)
            let stored = try await Bars(database).screened(response.instrument, source: response.provider, in: around)
            if response.kind != ManualOverride.kind {
                let released = Set(stored.lazy.filter(\.isReleased).map(\.bar))
                for index in bars.indices where released.contains(bars[index].bar) { bars[index].isReleased = true }
            }
            report = check.validate(
                bars, among: stored, actions: explaining.now, changed: stored.isEmpty ? [] : explaining.changed)
        }
        let changes = try await Bars(database).insert(report.bars, from: response, currency: currency, available: available)
        let found = rejected + report.violations.map { RecordedViolation($0.violation, of: $0.bar) }
        try await QuarantineLog(database).update(
            found, from: response, judged: report.validatedSessions, came: Set(bars.map(\.bar.session)))
        judged.changes[response.provider] = changes
        judged.stored += changes.stored.count
        let held = found.filter { $0.verdict == .quarantine }
        judged.held += Set(held.compactMap(\.session)).count + Set(held.lazy.filter { $0.session == nil }.map(\.ordinal)).count
        return report
    }

    /// The bars that an operator's word is about, as that leaves them to the rules.
    private func spoken(of word: ManualOverride, _ response: ProviderResponse) async throws -> [ValidatedBar] {
        guard let first = word.sessions.first, let last = word.sessions.last else { return [] }
        let sessions = Set(word.sessions)
        let stored = try await Bars(database).screened(response.instrument, source: response.provider, in: first...last)
        return stored.filter { sessions.contains($0.bar.session) }.map { bar in
            var bar = bar
            (bar.isQuarantined, bar.isReleased) = (false, word.accepted)
            return bar
        }
    }

    /// What the new actions make of a source's bars that were brought back to as traded without them.
    private func restated(
        _ source: String, _ response: ProviderResponse, _ explaining: CorporateActionContext.Explaining
    ) async throws -> [ValidatedBar] {
        // Of a provider that can be asked for either, what was brought back was split-adjusted.
        let basis: PriceBasis = ProviderCatalog.traits(of: source)?.close == .totalReturn ? .totalReturn : .splitAdjusted
        let stored = try await Bars(database).screened(response.instrument, source: source, in: nil).filter { $0.basis == .unadjusted }
        let restatement = Restatement(basis, from: explaining.before, to: explaining.now) { [check] exDate, pricedAt in
            check.isPast(exDate, at: pricedAt)
        }
        let released = Set(stored.lazy.filter(\.isReleased).map(\.bar.session))
        return restatement.restated(stored.map { Restatement.PricedBar($0.bar, pricedAt: $0.pricedAt ?? response.knownAt) }).map {
            var restated = ValidatedBar($0.bar, basis: .unadjusted, pricedAt: $0.pricedAt)
            restated.isReleased = released.contains($0.bar.session)
            return restated
        }
    }
}

extension ProviderResponse {
    /// The same response, for what it means to another source's bars.
    fileprivate func of(_ source: String) -> ProviderResponse {
        ProviderResponse(
            key: key, instrument: instrument, provider: source, kind: kind, knownAt: knownAt, fetchedAt: fetchedAt, sha256: sha256)
    }
}

extension RecordedViolation {
    /// An operator's word stands beside what the rules say; `known` are the sessions that have a bar.
    fileprivate static func notes(of word: ManualOverride, about known: Set<SessionDate>) -> [RecordedViolation] {
        word.sessions.enumerated().map { ordinal, session in
            let what = word.accepted ? "counts" : "is left to the rules"
            let detail = known.contains(session) ? "\(what): \(word.reason)" : "\(what), but there is no such bar: \(word.reason)"
            return RecordedViolation(
                ordinal: ordinal, session: session, rule: ManualOverride.kind, detail: detail, text: "",
                verdict: .accept,
                repairs: [])
        }
    }

    fileprivate init(_ violation: RuleViolation, of bar: Bar?) {
        let (verdict, repairs): (Verdict, [Repair]) =
            switch violation.disposition {
            case .accepted: (.accept, [])
            case .repaired(let repairs): (.repair, repairs)
            case .quarantined: (.quarantine, [])
            }
        let text = bar.map { "\($0.session),\($0.open),\($0.high),\($0.low),\($0.close),\($0.volume)" } ?? ""
        self.init(
            ordinal: -1, session: violation.session, rule: violation.rule, detail: violation.detail, text: text,
            verdict: verdict, repairs: repairs)
    }
}
