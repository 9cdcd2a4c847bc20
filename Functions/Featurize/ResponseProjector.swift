import Clients
import Features
import Market
import Objects
import Postgres
import Providers
import Store

/// Projects archived responses into the tables, each response once and in one transaction.
///
/// The tables are a function of an instrument's responses in their order. If a response arrives late, the rows of later responses are
/// rolled back, and the later responses are projected again after it. So every order of delivery results in the same rows.
struct ResponseProjector: Sendable {
    /// The delay, in seconds after a session's close, until the session's bar counts as available from a provider.
    static let providerDelay: Int64 = 15 * 60

    let database: Database
    let precedence: SourcePrecedence
    let store: FeatureStore
    let states: FeatureStates

    init(_ database: Database, _ precedence: SourcePrecedence) {
        self.database = database
        self.precedence = precedence
        store = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
        states = FeatureStates(database, version: FeatureSet.version)
    }

    /// Projects one archived response. Returns the keys of all responses that were projected: the response's own key and the keys of later responses.
    ///
    /// - Parameter get: reads a later response from the archive. It is called outside of the transaction, which is then begun again.
    func project(
        _ archived: ArchivedResponse, _ summary: inout FeaturizeSummary, get: @Sendable (String) async throws -> ArchivedResponse
    ) async throws -> [String] {
        let key = archived.key.description
        guard let id = archived.metadata.instrument else { throw Featurize.UnknownOrigin.instrument(key: key) }
        let response = ProviderResponse(archived, about: id)
        var held: [String: ArchivedResponse] = [:]
        while true {
            let known = held
            switch try await database.transaction(attempts: 3, { try await project(archived, response, later: known) }) {
            case .projected(let counts, let later):
                summary.add(counts)
                return [key] + later
            case .needs(let keys):
                for later in keys {
                    do { held[later] = try await get(later) } catch  where FailureScope(error) == .object {
                        throw UnprojectableResponse(key: key, reason: "the later response \(later) cannot be read again: \(error)")
                    }
                }
            }
        }
    }

    private enum Attempt: Sendable {
        /// The counts, and the keys of the later responses that were projected again.
        case projected(FeaturizeSummary, later: [String])
        /// Nothing has changed; the responses with these keys have to be read first.
        case needs([String])
    }

    private func project(
        _ archived: ArchivedResponse, _ response: ProviderResponse, later held: [String: ArchivedResponse]
    ) async throws -> Attempt {
        let responses = ProviderResponses(database)
        try await responses.lock(response.instrument)
        guard let basis = try await ProjectionBasis.read(database, for: response) else {
            throw Featurize.UnknownOrigin.instrument(key: response.key)
        }
        guard !basis.isProjected else { return .projected(FeaturizeSummary(), later: []) }
        var counts = FeaturizeSummary()
        guard basis.hasLater else {
            try await apply(archived, response, basis, &counts)
            return .projected(counts, later: [])
        }
        let later = try await responses.list(after: response)
        let missing = later.map(\.key).filter { held[$0] == nil }
        guard missing.isEmpty else { return .needs(missing) }
        let removed = try await responses.rollBack(later)
        try await apply(archived, response, &counts)
        for next in removed {
            guard let archived = held[next.key] else { continue }
            try await apply(archived, next, &counts)
        }
        return .projected(counts, later: removed.map(\.key))
    }

    private func apply(_ archived: ArchivedResponse, _ response: ProviderResponse, _ counts: inout FeaturizeSummary) async throws {
        guard let basis = try await ProjectionBasis.read(database, for: response) else {
            throw Featurize.UnknownOrigin.instrument(key: response.key)
        }
        try await apply(archived, response, basis, &counts)
    }

    /// Replaces all rows of an instrument by a projection of responses, in one transaction. The rows before stay visible until it ends.
    ///
    /// - Parameters:
    ///   - responses: in their order.
    ///   - get: reads a response.
    /// - Throws: `UnprojectableResponse` with the response that failed; then nothing has changed.
    func replace(
        _ instrument: Instrument, by responses: [ProviderResponse], get: @Sendable (String) async throws -> ArchivedResponse
    ) async throws -> FeaturizeSummary {
        try await database.transaction(attempts: 3) {
            let table = ProviderResponses(database)
            try await table.lock(instrument.id)
            // A response that was projected since the caller listed the responses is projected again with them.
            let known = Set(responses.map(\.key))
            let responses = (responses + (try await table.list(about: instrument.id)).filter { !known.contains($0.key) }).sorted()
            try await table.removeAll(about: instrument.id)
            var counts = FeaturizeSummary()
            for response in responses {
                do {
                    try await apply(try await get(response.key), response, &counts)
                } catch  where FailureScope(error) == .object {
                    throw UnprojectableResponse(key: response.key, reason: "\(error)")
                }
            }
            return counts
        }
    }

    /// Writes the rows that one response adds to the rows of the earlier responses.
    private func apply(
        _ archived: ArchivedResponse, _ response: ProviderResponse, _ basis: ProjectionBasis, _ counts: inout FeaturizeSummary
    ) async throws {
        let (instrument, calendar) = (basis.instrument, basis.calendar)
        let check = SeriesValidator(calendar: calendar)
        let actionContext = try await CorporateActionContext(
            response, try parse(archived, calendar).inMajorUnits(of: instrument), basis, precedence, database
        ) { check.isPast($0, at: response.knownAt) }
        let response = try await ProviderResponses(database).recorded(response)
        let parsed = actionContext.parsed
        let available: @Sendable (SessionDate) -> Instant = { session in
            calendar.map { $0.close(of: session).adding(seconds: Self.providerDelay) } ?? response.knownAt
        }
        var currency = parsed.currency ?? instrument.currency
        if parsed.manualOverride != nil, let own = try await Bars(database).currency(of: instrument.id, source: response.provider) {
            currency = own
        }
        let validation = BarValidation(database: database, check: check, available: available)
        let begun = ContinuousClock.now
        let outcome = try await validation.validate(parsed, response, actionContext, currency: currency)
        counts.barSeconds += (.now - begun) / .seconds(1)
        try await ProvisionalBars(database).insert(parsed.provisional, from: response, currency: currency)
        var actions: [SessionDate] = []
        if !actionContext.own.changed.isEmpty || !outcome.rejectedSplits.isEmpty {
            actions = try await CorporateActions(database).insert(
                outcome.actions, from: response, covering: actionContext.covering, rejectedSplits: outcome.rejectedSplits
            ) { exDate in
                calendar.map { $0.open(of: exDate) } ?? response.knownAt
            }
        }
        try await ProviderResponses(database).record(
            response, ProviderResponses.Counts(bars: outcome.stored, actions: actions.count, quarantined: outcome.quarantined))
        counts.projected += 1
        counts.bars += outcome.stored
        counts.actions += actions.count
        counts.quarantined += outcome.quarantined
        let rows = try await updateFeatures(
            response, instrument, outcome.changes, actions + outcome.changedExDates, withoutActions: actionContext.withoutActions,
            known: actions.isEmpty ? actionContext.known : nil, available: available)
        if rows > 0, calendar != nil { try await CrossSections(store, exchange: instrument.exchange).markPending(response) }
        counts.featureRows += rows
    }

    /// Continues the feature engine from its stored state, or from the first session if the response changes an earlier session, and
    /// stores the feature rows that changed. Returns their number.
    private func updateFeatures(
        _ response: ProviderResponse, _ instrument: Instrument, _ changes: [String: Bars.Changes], _ exDates: [SessionDate],
        withoutActions: Set<String>, known actions: [(action: CorporateAction, source: String)]?,
        available: @Sendable (SessionDate) -> Instant
    ) async throws -> Int {
        let withdrawn = changes.values.flatMap(\.withdrawn)
        guard let earliest = (changes.values.flatMap(\.stored) + withdrawn + exDates).min() else { return 0 }
        let sources = precedence.sources(for: instrument)
        let stored = try await states.find(before: response, precedence: sources)
        let known = AsOf.recorded(response.knownAt)
        var start = stored
        var series = try await ConsolidatedSeries(database).read(
            instrument.id, known, precedence: sources, withoutActions: withoutActions, from: stored.map { min($0.session, earliest) },
            known: actions)
        let changed = changes.mapValues { Set($0.stored) }
        let used = series.bars.lazy.filter { changed[$0.source]?.contains($0.bar.session) ?? false }.map(\.bar.session)
        guard let first = (used + withdrawn + exDates).min() else { return 0 }
        var engine = FeatureEngine()
        if let state = stored, first > state.session, let resumed = FeatureEngine(state: state.bytes) {
            engine = resumed
        } else {
            start = nil
        }
        if stored != nil, start == nil {
            series = try await ConsolidatedSeries(database).read(
                instrument.id, known, precedence: sources, withoutActions: withoutActions, known: actions)
        }
        // The last bar that the engine has processed is included, so that actions since then apply to the bar after it.
        let bars = series.bars.map(\.bar).filter { bar in start.map { bar.session >= $0.session } ?? true }
        let observations = Adjustment.observations(bars: bars, actions: series.actions).dropFirst(start == nil ? 0 : 1)
        let rows = engine.append(contentsOf: Array(observations))
        let records = rows.sessions.indices.lazy.map { rows[$0] }.filter { $0.session >= first }.map {
            FeatureRecord(session: $0.session, values: $0.values, logReturn: $0.logReturn, extras: $0.extras)
        }
        if let last = bars.last {
            let state = FeatureStates.State(session: last.session, bytes: engine.state)
            try await states.store(state, after: response, precedence: sources)
        }
        let lost = Set(withdrawn).subtracting(bars.map(\.session))
        let withdrawnRows = try await store.withdraw(lost.sorted(), from: response).count
        let decided = changes.values.reduce(into: [:]) { $0.merge($1.decided) { max($0, $1) } }
        return withdrawnRows + (try await store.insert(Array(records), from: response) { available(decided[$0] ?? $0) }.count)
    }

    /// Parses a response. An unreadable response becomes one quarantined row, so that its run can be completed.
    private func parse(_ archived: ArchivedResponse, _ calendar: TradingCalendar?) throws -> ParsedResponse {
        let metadata = archived.metadata
        guard let provider = ProviderCatalog.provider(named: metadata.provider, kind: metadata.kind) else {
            throw Featurize.UnknownOrigin.provider(metadata.provider)
        }
        do throws(ProviderError) {
            if metadata.kind == ManualOverride.kind {
                var parsed = ParsedResponse()
                parsed.manualOverride = try ManualOverride(archived.body)
                return parsed
            }
            return try provider.parse(archived.body, status: metadata.status, calendar: calendar, asOf: metadata.knownAt)
                .combiningActions()
        } catch {
            let row = FlaggedRow(ordinal: 0, session: nil, rule: error.kind.name, detail: error.detail, text: "")
            return ParsedResponse(bars: [], provisional: [], actions: [], currency: nil, flaggedRows: [row])
        }
    }
}

/// A response that cannot be projected, although its object can be read.
struct UnprojectableResponse: SingleObjectError, CustomStringConvertible {
    let key: String
    let reason: String
    var description: String { "\(key): \(reason)" }
}

extension ProviderResponse {
    init(_ archived: ArchivedResponse, about instrument: String) {
        self.init(
            key: archived.key.description, instrument: instrument, provider: archived.metadata.provider, kind: archived.metadata.kind,
            knownAt: archived.metadata.knownAt, fetchedAt: archived.metadata.fetchedAt, sha256: archived.key.sha256)
    }
}
