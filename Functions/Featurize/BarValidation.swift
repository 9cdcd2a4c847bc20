import Market
import Postgres
import Providers
import Store

/// Validates the bars of a response together with the stored bars around them, and stores the bars and the rule violations.
struct BarValidation: Sendable {
    let database: Database
    let check: SeriesValidator
    let available: @Sendable (SessionDate) -> Instant

    /// The rows that a validation stored.
    struct Outcome: Sendable {
        /// The changed sessions by source.
        var changes: [String: Bars.Changes] = [:]
        /// The response's actions without rejected splits.
        var actions: [CorporateAction] = []
        /// The ex-dates of splits that the prices contradict.
        var rejectedSplits: Set<SessionDate> = []
        /// The ex-dates of actions that change how the prices of providers without actions are unadjusted.
        var changedExDates: [SessionDate] = []
        /// The number of stored bars, and of quarantined rows. A row counts once, however many rules it violates.
        var stored = 0, quarantined = 0
    }

    /// Validates and stores a response. A new action also restates the stored bars of providers that report no actions.
    func validate(
        _ parsed: ParsedResponse, _ response: ProviderResponse, _ context: CorporateActionContext, currency: String
    ) async throws -> Outcome {
        var outcome = Outcome()
        var violations = parsed.flaggedRows.map { row in
            RecordedViolation(
                ordinal: row.ordinal, session: row.session, rule: row.rule, detail: row.detail, text: row.text,
                disposition: row.repairs.isEmpty ? .quarantined : .repaired, repairs: row.repairs)
        }
        var bars = parsed.bars.map { ValidatedBar($0, basis: parsed.basis) }
        if let manual = parsed.manualOverride {
            bars = try await overridden(by: manual, response)
            violations += RecordedViolation.accepted(by: manual, bars: Set(bars.map(\.bar.session)))
        } else if bars.isEmpty, !context.forStoredBars.changed.isEmpty {
            // The provider sends actions in a response of their own.
            bars = try await restated(response.provider, response, context.forStoredBars)
        }
        let report = try await validate(bars, response, context, currency, violations, &outcome)
        outcome.rejectedSplits = report.rejectedSplits
        outcome.actions = parsed.actions.filter { !$0.isSplit || !report.rejectedSplits.contains($0.exDate) }
        let context = context.without(report.rejectedSplits)
        outcome.changedExDates = context.forOthers.changed
        if !context.forOthers.changed.isEmpty {
            for source in context.withoutActions.sorted() where source != response.provider {
                guard let own = try await Bars(database).currency(of: response.instrument, source: source) else { continue }
                let restated = try await restated(source, response, context.forOthers)
                _ = try await validate(restated, response.applied(to: source), context, own, [], &outcome)
            }
        }
        return outcome
    }

    private func validate(
        _ bars: [ValidatedBar], _ response: ProviderResponse, _ context: CorporateActionContext, _ currency: String,
        _ violations: [RecordedViolation], _ outcome: inout Outcome
    ) async throws -> ValidationReport {
        let actions = context.actions(of: response.provider)
        let days = actions.changed + [bars.first?.bar.session, bars.last?.bar.session].compactMap { $0 }
        var (report, bars) = (ValidationReport(), bars)
        if let first = days.min(), let last = days.max() {
            let around = first.advanced(by: -SeriesValidator.contextDays)...last.advanced(by: SeriesValidator.contextDays)
            let stored = try await Bars(database).validated(response.instrument, source: response.provider, in: around)
            if response.kind != ManualOverride.kind {
                let released = Set(stored.lazy.filter(\.isReleased).map(\.bar))
                for index in bars.indices where released.contains(bars[index].bar) { bars[index].isReleased = true }
            }
            report = check.validate(bars, among: stored, actions: actions.now, changed: stored.isEmpty ? [] : actions.changed)
        }
        let changes = try await Bars(database).insert(report.bars, from: response, currency: currency, available: available)
        let found = violations + report.violations.map { RecordedViolation($0.violation, of: $0.bar) }
        try await QuarantineLog(database).update(
            found, from: response, validated: report.validatedSessions, received: Set(bars.map(\.bar.session)))
        outcome.changes[response.provider] = changes
        outcome.stored += changes.stored.count
        let quarantined = found.filter { $0.disposition == .quarantined }
        outcome.quarantined +=
            Set(quarantined.compactMap(\.session)).count + Set(quarantined.lazy.filter { $0.session == nil }.map(\.ordinal)).count
        return report
    }

    /// The stored bars that a manual override names, released or not, to be validated again.
    private func overridden(by manual: ManualOverride, _ response: ProviderResponse) async throws -> [ValidatedBar] {
        guard let first = manual.sessions.first, let last = manual.sessions.last else { return [] }
        let sessions = Set(manual.sessions)
        let stored = try await Bars(database).validated(response.instrument, source: response.provider, in: first...last)
        return stored.filter { sessions.contains($0.bar.session) }.map { bar in
            var bar = bar
            (bar.isQuarantined, bar.isReleased) = (false, manual.accepted)
            return bar
        }
    }

    /// A source's unadjusted bars, computed again from the adjusted prices with changed actions.
    private func restated(
        _ source: String, _ response: ProviderResponse, _ actions: CorporateActionContext.ActionChanges
    ) async throws -> [ValidatedBar] {
        // The unadjusted bars of a provider with both kinds of prices came from its split-adjusted prices.
        let basis: PriceBasis = ProviderCatalog.traits(of: source)?.close == .totalReturn ? .totalReturn : .splitAdjusted
        let stored = try await Bars(database).validated(response.instrument, source: source, in: nil).filter { $0.basis == .unadjusted }
        let restatement = Restatement(basis, from: actions.before, to: actions.now) { [check] exDate, pricedAt in
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
    /// The response as the origin of changes to another source's bars.
    fileprivate func applied(to source: String) -> ProviderResponse {
        ProviderResponse(
            key: key, instrument: instrument, provider: source, kind: kind, knownAt: knownAt, fetchedAt: fetchedAt, sha256: sha256)
    }
}

extension RecordedViolation {
    /// The entries that document a manual override, one per session. `bars` are the sessions that have a bar.
    fileprivate static func accepted(by manual: ManualOverride, bars: Set<SessionDate>) -> [RecordedViolation] {
        manual.sessions.enumerated().map { ordinal, session in
            let effect = manual.accepted ? "counts" : "is validated by the rules"
            let detail = bars.contains(session) ? "\(effect): \(manual.reason)" : "\(effect), but the session has no bar: \(manual.reason)"
            return RecordedViolation(
                ordinal: ordinal, session: session, rule: ManualOverride.kind, detail: detail, text: "",
                disposition: .accepted)
        }
    }

    fileprivate init(_ violation: RuleViolation, of bar: Bar?) {
        let (disposition, repairs): (Disposition, [Repair]) =
            switch violation.disposition {
            case .accepted: (.accepted, [])
            case .repaired(let repairs): (.repaired, repairs)
            case .quarantined: (.quarantined, [])
            }
        let text = bar.map { "\($0.session),\($0.open),\($0.high),\($0.low),\($0.close),\($0.volume)" } ?? ""
        self.init(
            ordinal: -1, session: violation.session, rule: violation.rule, detail: violation.detail, text: text,
            disposition: disposition, repairs: repairs)
    }
}
