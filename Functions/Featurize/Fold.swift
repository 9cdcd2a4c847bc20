import Features
import FoundationEssentials
import LambdaRuntime
import Market
import Objects
import Postgres
import Providers
import Store

extension Featurize {
    /// Seconds after a session's close until a provider has its bar.
    static let providerLag: Int64 = 15 * 60

    /// Folds one answer into the tables, once. Everything or nothing. Returns the keys of what was folded: its own and those of later answers.
    func fold(_ key: String, _ summary: inout FeaturizeSummary, _ context: Context) async throws -> [String] {
        let object = try await archive.get(key, deadline: context.cutOff.instant)
        guard let id = object.record.instrument, let instrument = try await Instruments(database).find(id: id) else {
            throw Failure.unknownInstrument(key: key)
        }
        let answer = Answer(object, about: instrument)
        let objects = RawObjects(database)
        let (counts, later) = try await database.transaction(attempts: 3) {
            try await objects.lock(instrument.id)
            guard try await !objects.contains(key) else { return (FeaturizeSummary(), [Answer]()) }
            var counts = FeaturizeSummary()
            let later = try await objects.removeLater(than: answer)
            try await apply(object, answer, instrument, &counts)
            for next in later {
                try await apply(try await archive.get(next.key, deadline: context.cutOff.instant), next, instrument, &counts)
            }
            return (counts, later)
        }
        summary.add(counts)
        return [key] + later.map(\.key)
    }

    /// Writes what one answer adds to what the answers before it said.
    private func apply(_ object: RawObject, _ answer: Answer, _ instrument: Instrument, _ counts: inout FeaturizeSummary) async throws {
        let calendar = TradingCalendar.of(mic: instrument.exchange)
        let parsed = try parse(object, calendar)
        let available: @Sendable (SessionDate) -> Instant = { session in
            calendar.map { $0.close(of: session).adding(seconds: Self.providerLag) } ?? answer.knownAt
        }
        let bars = try await Bars(database).insert(
            parsed.bars, from: answer, currency: parsed.currency ?? instrument.currency, available: available)
        let covering =
            !reportsActions(object) ? nil : parsed.bars.first.flatMap { first in parsed.bars.last.map { first.session...$0.session } }
        let actions = try await Actions(database).insert(parsed.actions, from: answer, covering: covering) { exDate in
            calendar.map { $0.open(of: exDate) } ?? answer.knownAt
        }
        try await QuarantineLog(database).insert(
            parsed.rejected.map {
                QuarantinedRow(
                    ordinal: $0.ordinal, session: $0.session, violation: Violation(rule: $0.rule, detail: $0.detail), text: $0.text)
            }, from: answer)
        try await RawObjects(database).record(answer, bars: bars.count, actions: actions.count, rejected: parsed.rejected.count)
        counts.folded += 1
        counts.bars += bars.count
        counts.actions += actions.count
        counts.quarantined += parsed.rejected.count
        guard let first = (bars + actions).min() else { return }
        counts.features += try await featurize(answer, from: first, available: available)
    }

    /// Runs the feature engine over all that is known with this answer, and writes the rows from `first` on that changed.
    private func featurize(_ answer: Answer, from first: SessionDate, available: @Sendable (SessionDate) -> Instant) async throws -> Int {
        let known = AsOf.recorded(answer.knownAt)
        let bars = try await Bars(database).read(answer.instrument, known, source: answer.provider)
        let actions = try await Actions(database).read(answer.instrument, known, source: answer.provider)
        var engine = FeatureEngine()
        var records: [FeatureRecord] = []
        for observation in Adjustment.observations(bars: bars, actions: actions) {
            let row = engine.append(observation)
            guard row.session >= first else { continue }
            records.append(FeatureRecord(session: row.session, values: row.values, logReturn: row.logReturn, extras: row.extras))
        }
        return try await store.insert(records, from: answer, available: available).count
    }

    /// Whether an answer without an action says that there is none.
    private func reportsActions(_ object: RawObject) -> Bool {
        ProviderCatalog.provider(named: object.record.provider, kind: object.record.kind)?.reportsActions ?? false
    }

    /// An answer that cannot be read becomes one quarantined row, so that its run can end.
    private func parse(_ object: RawObject, _ calendar: TradingCalendar?) throws -> ProviderAnswer {
        let record = object.record
        guard let provider = ProviderCatalog.provider(named: record.provider, kind: record.kind) else {
            throw Failure.unknownProvider(record.provider)
        }
        do throws(ProviderRefusal) {
            return try provider.parse(
                object.body, status: record.status, contentType: record.contentType, calendar: calendar, asOf: record.knownAt)
        } catch {
            let row = RejectedRow(ordinal: 0, session: nil, rule: error.kind.name, detail: error.detail, text: "")
            return ProviderAnswer(bars: [], provisional: [], actions: [], currency: nil, rejected: [row])
        }
    }
}

extension Answer {
    init(_ object: RawObject, about instrument: Instrument) {
        self.init(
            key: object.key.description, instrument: instrument.id, provider: object.record.provider, kind: object.record.kind,
            knownAt: object.record.knownAt, fetchedAt: object.record.fetchedAt, sha256: object.key.sha256)
    }
}

extension FeaturizeSummary {
    mutating func add(_ other: FeaturizeSummary) {
        folded += other.folded
        bars += other.bars
        actions += other.actions
        features += other.features
        quarantined += other.quarantined
    }
}
