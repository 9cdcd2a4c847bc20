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
                disposition: row.repairs.isEmpty ? .quarantined : .repaired, repairs: row.repairs, omitted: row.omitted)
        }
        var bars = parsed.bars.map { ValidatedBar($0, basis: parsed.basis) }
        var withdrawn: Set<SessionDate> = []
        if let manual = parsed.manualOverride {
            bars = try await overridden(by: manual, response)
            violations += RecordedViolation.accepted(by: manual, bars: Set(bars.map(\.bar.session)))
        } else if bars.isEmpty, !context.forStoredBars.changed.isEmpty {
            // The provider sends actions in a response of their own.
            let restated = try await restated(response.provider, response, context.forStoredBars)
            (bars, withdrawn) = (restated.bars, restated.withdrawn)
        }
        let report = try await validate(bars, response, context, currency, violations, withdrawn, &outcome)
        outcome.rejectedSplits = report.rejectedSplits
        outcome.actions = parsed.actions.filter { !$0.isSplit || !report.rejectedSplits.contains($0.exDate) }
        let context = context.without(report.rejectedSplits)
        outcome.changedExDates = context.forOthers.changed
        if !context.forOthers.changed.isEmpty {
            for source in context.withoutActions.sorted() where source != response.provider {
                guard let own = try await Bars(database).currency(of: response.instrument, source: source) else { continue }
                let restated = try await restated(source, response, context.forOthers)
                _ = try await validate(
                    restated.bars, response.applied(to: source), context, own, [], restated.withdrawn, &outcome)
            }
        }
        return outcome
    }

    private func validate(
        _ bars: [ValidatedBar], _ response: ProviderResponse, _ context: CorporateActionContext, _ currency: String,
        _ violations: [RecordedViolation], _ withdrawn: Set<SessionDate>, _ outcome: inout Outcome
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
        var found = violations + report.violations.map { RecordedViolation($0.violation, of: $0.bar) }
        for index in report.bars.indices where withdrawn.contains(report.bars[index].bar.session) {
            report.bars[index].isQuarantined = true
            found.append(RecordedViolation(outOfRange: report.bars[index].bar))
        }
        let changes = try await Bars(database).insert(report.bars, from: response, currency: currency, available: available)
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

    /// A source's unadjusted bars, computed again from the adjusted prices with changed actions. Bars whose new prices do not fit keep the old
    /// ones and are `withdrawn`.
    private func restated(
        _ source: String, _ response: ProviderResponse, _ actions: CorporateActionContext.ActionChanges
    ) async throws -> (bars: [ValidatedBar], withdrawn: Set<SessionDate>) {
        // The unadjusted bars of a provider with both kinds of prices came from its split-adjusted prices.
        let basis: PriceBasis = ProviderCatalog.traits(of: source)?.close == .totalReturn ? .totalReturn : .splitAdjusted
        let stored = try await Bars(database).validated(response.instrument, source: source, in: nil).filter { $0.basis == .unadjusted }
        let restatement = Restatement(basis, from: actions.before, to: actions.now) { [check] exDate, pricedAt in
            check.isPast(exDate, at: pricedAt)
        }
        let released = Set(stored.lazy.filter(\.isReleased).map(\.bar.session))
        let restated = restatement.restated(stored.map { Restatement.PricedBar($0.bar, pricedAt: $0.pricedAt ?? response.knownAt) })
        let bars = (restated.bars + restated.refused).sorted { $0.bar.session < $1.bar.session }.map {
            var bar = ValidatedBar($0.bar, basis: .unadjusted, pricedAt: $0.pricedAt)
            bar.isReleased = released.contains($0.bar.session)
            return bar
        }
        return (bars, Set(restated.refused.map(\.bar.session)))
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

    /// A bar whose prices do not fit after a new corporate action.
    fileprivate init(outOfRange bar: Bar) {
        self.init(
            ordinal: -1, session: bar.session, rule: ValidationRuleName.priceOutOfRange,
            detail: "a price or the volume is out of range after the conversion by the actions that are known now", text: Self.text(of: bar)
        )
    }

    private static func text(of bar: Bar) -> String { "\(bar.session),\(bar.open),\(bar.high),\(bar.low),\(bar.close),\(bar.volume)" }

    fileprivate init(_ violation: RuleViolation, of bar: Bar?) {
        let (disposition, repairs): (Status, [Repair]) =
            switch violation.disposition {
            case .accepted: (.accepted, [])
            case .repaired(let repairs): (.repaired, repairs)
            case .quarantined: (.quarantined, [])
            }
        self.init(
            ordinal: -1, session: violation.session, rule: violation.rule, detail: violation.detail, text: bar.map(Self.text) ?? "",
            disposition: disposition, repairs: repairs)
    }
}
