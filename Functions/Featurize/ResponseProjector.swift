import Features
import Market
import Objects
import Postgres
import Providers
import Store

/// Folds responses into the tables, each once, everything or nothing.
///
/// The tables are a fold over an instrument's responses in their order. A response that comes late takes back what later ones derived and folds
/// them again after itself, so that any order of delivery leaves the same rows.
struct ResponseProjector: Sendable {
    /// Seconds after a session's close until a provider has its bar.
    static let providerLag: Int64 = 15 * 60

    let database: Database
    let preference: SourcePrecedence
    let store: FeatureStore
    let states: FeatureStates

    init(_ database: Database, _ preference: SourcePrecedence) {
        self.database = database
        self.preference = preference
        store = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
        states = FeatureStates(database, version: FeatureSet.version)
    }

    /// Folds one object in and returns the keys of all that were folded: its own and those of later responses, which `get` reads.
    func callAsFunction(
        _ object: ArchivedResponse, _ summary: inout FeaturizeSummary, get: @Sendable (String) async throws -> ArchivedResponse
    ) async throws -> [String] {
        let key = object.key.description
        guard let id = object.record.instrument, let instrument = try await Instruments(database).find(id: id) else {
            throw Featurize.Failure.unknownInstrument(key: key)
        }
        let response = ProviderResponse(object, about: instrument)
        let objects = ProviderResponses(database)
        let (counts, later) = try await database.transaction(attempts: 3) {
            try await objects.lock(instrument.id)
            guard try await !objects.contains(key) else { return (FeaturizeSummary(), [ProviderResponse]()) }
            var counts = FeaturizeSummary()
            let later = try await objects.removeLater(than: response)
            try await apply(object, response, instrument, &counts)
            for next in later { try await apply(try await get(next.key), next, instrument, &counts) }
            return (counts, later)
        }
        summary.add(counts)
        return [key] + later.map(\.key)
    }

    /// Writes what one response adds to what the responses before it said.
    private func apply(
        _ object: ArchivedResponse, _ response: ProviderResponse, _ instrument: Instrument, _ counts: inout FeaturizeSummary
    ) async throws {
        let calendar = try await ExchangeCalendars(database).calendar(of: instrument.exchange, asOf: response.knownAt)
        let check = SeriesValidator(calendar: calendar)
        let told = try await CorporateActionContext(response, try parse(object, calendar).inMajorUnits(of: instrument), instrument, self) {
            check.isPast($0, at: response.knownAt)
        }
        let parsed = told.parsed
        let available: @Sendable (SessionDate) -> Instant = { session in
            calendar.map { $0.close(of: session).adding(seconds: Self.providerLag) } ?? response.knownAt
        }
        var currency = parsed.currency ?? instrument.currency
        if parsed.manualOverride != nil, let own = try await Bars(database).currency(of: instrument.id, source: response.provider) {
            currency = own
        }
        let screen = BarValidation(database: database, check: check, available: available)
        let begun = ContinuousClock.now
        let judged = try await screen.judge(parsed, response, told, currency: currency)
        counts.secondsOfBars += (.now - begun) / .seconds(1)
        try await ProvisionalBars(database).insert(parsed.provisional, from: response, currency: currency)
        let actions = try await CorporateActions(database).insert(
            judged.actions, from: response, covering: told.covering, refused: judged.rejectedSplits
        ) { exDate in
            calendar.map { $0.open(of: exDate) } ?? response.knownAt
        }
        try await ProviderResponses(database).record(response, bars: judged.stored, actions: actions.count, rejected: judged.held)
        counts.folded += 1
        counts.bars += judged.stored
        counts.actions += actions.count
        counts.quarantined += judged.held
        let features = try await featurize(
            response, instrument, judged.changes, actions + judged.explainedAnew, silent: told.silent, available: available)
        if features > 0, calendar != nil { try await CrossSections(store, exchange: instrument.exchange).note(response) }
        counts.features += features
    }

    /// Runs the feature engine on from where it stood, or from the first session when the response reaches further back, and writes the rows
    /// that changed.
    private func featurize(
        _ response: ProviderResponse, _ instrument: Instrument, _ changes: [String: Bars.Changes], _ actions: [SessionDate],
        silent: Set<String>,
        available: @Sendable (SessionDate) -> Instant
    ) async throws -> Int {
        let withdrawn = changes.values.flatMap(\.withdrawn)
        guard let earliest = (changes.values.flatMap(\.stored) + withdrawn + actions).min() else { return 0 }
        let order = preference.believed(for: instrument)
        let kept = try await states.find(before: response, sources: order)
        let known = AsOf.recorded(response.knownAt)
        var start = kept
        var series = try await ConsolidatedSeries(database).read(
            instrument.id, known, order: order, silent: silent, from: kept.map { min($0.session, earliest) })
        let stored = changes.mapValues { Set($0.stored) }
        let chosen = series.bars.lazy.filter { stored[$0.source]?.contains($0.bar.session) ?? false }.map(\.bar.session)
        guard let first = (chosen + withdrawn + actions).min() else { return 0 }
        var engine = FeatureEngine()
        if let state = kept, first > state.session, let resumed = FeatureEngine(state: state.bytes) {
            engine = resumed
        } else {
            start = nil
        }
        if kept != nil, start == nil {
            series = try await ConsolidatedSeries(database).read(instrument.id, known, order: order, silent: silent)
        }
        // The bar that the engine saw last comes along, so that the actions since then fall on the next one.
        let bars = series.bars.map(\.bar).filter { bar in start.map { bar.session >= $0.session } ?? true }
        let observations = Adjustment.observations(bars: bars, actions: series.actions).dropFirst(start == nil ? 0 : 1)
        let rows = engine.append(contentsOf: Array(observations))
        let records = rows.sessions.indices.lazy.map { rows[$0] }.filter { $0.session >= first }.map {
            FeatureRecord(session: $0.session, values: $0.values, logReturn: $0.logReturn, extras: $0.extras)
        }
        if let last = bars.last {
            try await states.keep(FeatureStates.State(session: last.session, bytes: engine.state), after: response, sources: order)
        }
        let gone = Set(withdrawn).subtracting(bars.map(\.session))
        let taken = try await store.withdraw(gone.sorted(), from: response).count
        let decided = changes.values.reduce(into: [:]) { $0.merge($1.decided) { max($0, $1) } }
        return taken + (try await store.insert(Array(records), from: response) { available(decided[$0] ?? $0) }.count)
    }

    /// A response that cannot be read becomes one quarantined row, so that its run can end.
    private func parse(_ object: ArchivedResponse, _ calendar: TradingCalendar?) throws -> ParsedResponse {
        let record = object.record
        guard let provider = ProviderCatalog.provider(named: record.provider, kind: record.kind) else {
            throw Featurize.Failure.unknownProvider(record.provider)
        }
        do throws(ProviderError) {
            if record.kind == ManualOverride.kind {
                var response = ParsedResponse()
                response.manualOverride = try ManualOverride(object.body)
                return response
            }
            return try provider.parse(
                object.body, status: record.status, contentType: record.contentType, calendar: calendar, asOf: record.knownAt)
        } catch {
            let row = FlaggedRow(ordinal: 0, session: nil, rule: error.kind.name, detail: error.detail, text: "")
            return ParsedResponse(bars: [], provisional: [], actions: [], currency: nil, flaggedRows: [row])
        }
    }
}

extension ProviderResponse {
    init(_ object: ArchivedResponse, about instrument: Instrument) {
        self.init(
            key: object.key.description, instrument: instrument.id, provider: object.record.provider, kind: object.record.kind,
            knownAt: object.record.knownAt, fetchedAt: object.record.fetchedAt, sha256: object.key.sha256)
    }
}

extension FeaturizeSummary {
    mutating func add(_ other: FeaturizeSummary) {
        folded += other.folded
        bars += other.bars
        secondsOfBars += other.secondsOfBars
        actions += other.actions
        features += other.features
        quarantined += other.quarantined
    }
}
