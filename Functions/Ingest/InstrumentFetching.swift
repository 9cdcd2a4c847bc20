import FoundationEssentials
import LambdaRuntime
import Logging
import Market
import Providers
import Store

extension Ingest {
    /// Instruments that are seen to at once, no more than any provider may be asked about: they take their turns in order then.
    private var width: Int { min(4, sources.values.map(\.allowance.concurrency).max() ?? 1) }

    /// What became of one instrument in this invocation.
    private enum Outcome: Sendable {
        case stored, unchanged, later
        case refused(String)
    }

    /// Asks for every instrument of the part, a few at a time. Returns those that there was no leave or no time for.
    func fetchAll(_ part: RunSlice, _ summary: inout IngestSummary, _ context: Context) async throws -> [Instrument] {
        let outcomes = try await withThrowingTaskGroup(of: (Instrument, Outcome).self) { group in
            var waiting = part.instruments[...]
            var outcomes: [(Instrument, Outcome)] = []
            for _ in 0..<width {
                guard let next = waiting.popFirst() else { break }
                group.addTask { (next, try await fetchOne(next, part, context)) }
            }
            while let outcome = try await group.next() {
                outcomes.append(outcome)
                if let next = waiting.popFirst() { group.addTask { (next, try await fetchOne(next, part, context)) } }
            }
            return outcomes
        }
        var later: [Instrument] = []
        for (instrument, outcome) in outcomes.sorted(by: { $0.0.symbol < $1.0.symbol }) {
            switch outcome {
            case .stored: summary.stored.append(instrument.symbol)
            case .unchanged: summary.unchanged.append(instrument.symbol)
            case .later: later.append(instrument)
            case .refused(let reason): summary.refused[instrument.symbol] = reason
            }
        }
        return later
    }

    /// Asks the providers in their order until one responds. What the others said is kept too.
    private func fetchOne(_ instrument: Instrument, _ part: RunSlice, _ context: Context) async throws -> Outcome {
        let run = part.run
        var refusals: [ProviderError] = []
        for name in part.provider.map({ [$0] }) ?? settings.preference.order(for: instrument) {
            switch try await ask(name, about: instrument, part, context) {
            case .refused(let refusal): refusals.append(ProviderError(refusal.kind, "\(name): \(refusal.detail)"))
            case .later: return .later
            case .stored(let isNew, let keys):
                try await Runs(database).stored(keys, of: instrument.id, in: run.id)
                return isNew ? .stored : .unchanged
            }
        }
        try await Runs(database).refused(refusals.map(\.description).joined(separator: "; "), of: instrument.id, in: run.id)
        return .refused(refusals.map(\.kind.name).joined(separator: ", "))
    }

    private enum Answered: Sendable {
        case stored(isNew: Bool, keys: [String])
        case refused(ProviderError)
        case later
    }

    private func ask(_ name: String, about instrument: Instrument, _ part: RunSlice, _ context: Context) async throws -> Answered {
        let asOf = part.run.asOf
        guard let source = sources[name] else {
            return .refused(ProviderError(.unknownSymbol, "it is not asked: PROVIDERS does not name it, or it is a format of files"))
        }
        let calendar = try await ExchangeCalendars(database).calendar(of: instrument.exchange, asOf: asOf)
        let day = calendar?.zone.localDate(at: asOf) ?? asOf.utcDate
        guard let called = try await Symbols(database).name(of: instrument.id, provider: name, on: day, asOf: asOf) else {
            return .refused(ProviderError(.unknownSymbol, "\(instrument.id) has no name there on \(day)"))
        }
        // What was recorded for this provider is its own spelling already.
        let spelling = called.isOwn ? called.symbol : SymbolSpelling(provider: name)?.spell(called.symbol, on: instrument.exchange)
        guard let symbol = spelling else {
            return .refused(ProviderError(.unknownSymbol, "it has nothing like \(called.symbol) of \(instrument.exchange)"))
        }
        func pages(of provider: any DataProvider) -> Pagination {
            let fetch = ResponseFetcher(provider, source.allowance, http: http, archive: archive, limits: RequestLimits(database))
            return Pagination(fetch: fetch, instrument: instrument, symbol: symbol, calendar: calendar, asOf: asOf)
        }
        let from = try await firstSession(of: instrument, name, part, calendar)
        var beside: [ResponseFetcher.StoredAnswer] = []
        for provider in source.actions {
            let isFirst = try await !ProviderResponses(database).hasAnswer(about: instrument.id, name, provider.kind, before: asOf)
            switch try await pages(of: provider)(from: isFirst ? nil : from, context) {
            case .stored(let responses): beside += responses
            case .later: return .later
            // Said and kept by the question itself; the bars stand without.
            case .refused: continue
            }
        }
        let pages = pages(of: source.provider)
        switch try await pages(from: from, context) {
        case .refused(let refusal): return .refused(refusal)
        case .later: return .later
        case .stored(let responses):
            let isNew = (beside + responses).contains(where: \.isNew)
            let keys = (beside + responses).map(\.key)
            guard from != nil, try await tellsOfNewAction(responses[0], source.provider, instrument, calendar, part.run) else {
                return .stored(isNew: isNew, keys: keys)
            }
            switch try await pages(from: nil, context) {
            case .stored(let whole): return .stored(isNew: isNew, keys: keys + whole.map(\.key))
            case .later: return .later
            case .refused: return .stored(isNew: isNew, keys: keys)
            }
        }
    }

    /// Where to go on: the event's word, else some sessions before what was known when the run began, so that a second call asks the same.
    private func firstSession(
        of instrument: Instrument, _ provider: String, _ part: RunSlice, _ calendar: TradingCalendar?
    ) async throws -> SessionDate? {
        if let from = part.from { return from }
        let last = try await Bars(database).lastSession(of: instrument.id, source: provider, knownBefore: part.run.asOf)
        guard let last, let calendar else { return nil }
        return (0..<Self.overlap).reduce(last) { date, _ in calendar.previous(before: date) ?? date }
    }

    /// Whether the response has a split or dividend that was not known when the run began. The provider then shows all of history anew.
    private func tellsOfNewAction(
        _ response: ResponseFetcher.StoredAnswer, _ provider: any DataProvider, _ instrument: Instrument, _ calendar: TradingCalendar?,
        _ run: Run
    ) async throws -> Bool {
        let parsed = try? provider.parse(
            response.body, status: response.status, contentType: response.contentType, calendar: calendar, asOf: run.asOf)
        guard let actions = parsed?.actions, !actions.isEmpty else { return false }
        let before = AsOf.recorded(Instant(microseconds: run.asOf.microseconds - 1))
        let known = Set(try await CorporateActions(database).read(instrument.id, before, source: provider.name).map(\.exDate))
        return actions.contains { !known.contains($0.exDate) }
    }
}
