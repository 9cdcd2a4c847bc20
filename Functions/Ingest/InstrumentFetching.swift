import Clients
import FoundationEssentials
import LambdaRuntime
import Logging
import Market
import Objects
import Providers
import Store

extension Ingest {
    /// The number of instruments that are fetched at once: at most four, and no more than any provider allows, so that instruments are
    /// fetched in their order.
    private var concurrency: Int { min(4, providers.values.map(\.allowance.concurrency).max() ?? 1) }

    /// The outcome for one instrument in one invocation.
    private enum Outcome: Sendable {
        case stored, unchanged, later
        case failed(String)
    }

    /// Fetches all instruments of a slice. Returns the instruments that request limits or the remaining time did not allow.
    func fetchAll(_ slice: RunSlice, _ summary: inout IngestSummary, _ context: Context) async throws -> [Instrument] {
        var calendars: [String: TradingCalendar] = [:]
        for exchange in Set(slice.instruments.map(\.exchange)) {
            calendars[exchange] = try await ExchangeCalendars(database).calendar(of: exchange, asOf: slice.run.asOf)
        }
        let slice = slice.with(calendars)
        let outcomes = try await withThrowingTaskGroup(of: (Instrument, Outcome).self) { group in
            var waiting = slice.instruments[...]
            var outcomes: [(Instrument, Outcome)] = []
            for _ in 0..<concurrency {
                guard let next = waiting.popFirst() else { break }
                group.addTask { (next, try await fetch(next, slice, context)) }
            }
            while let outcome = try await group.next() {
                outcomes.append(outcome)
                if let next = waiting.popFirst() { group.addTask { (next, try await fetch(next, slice, context)) } }
            }
            return outcomes
        }
        var later: [Instrument] = []
        for (instrument, outcome) in outcomes.sorted(by: { $0.0.symbol < $1.0.symbol }) {
            switch outcome {
            case .stored: summary.stored.append(instrument.symbol)
            case .unchanged: summary.unchanged.append(instrument.symbol)
            case .later: later.append(instrument)
            case .failed(let reason): summary.failed[instrument.symbol] = reason
            }
        }
        return later
    }

    /// Fetches one instrument. A failure that concerns this instrument alone is recorded in the run, and the other ones are fetched.
    private func fetch(_ instrument: Instrument, _ slice: RunSlice, _ context: Context) async throws -> Outcome {
        do {
            return try await query(instrument, slice, context)
        } catch  where FailureScope(error) == .object {
            context.logger.error("An instrument cannot be fetched", metadata: ["instrument": "\(instrument.id)", "reason": "\(error)"])
            try await Runs(database).recordFailure("\(error)", of: instrument.id, in: slice.run.id)
            return .failed("unusable")
        }
    }

    /// Queries an instrument's providers in order until one responds, and records the responses or the errors in the run.
    private func query(_ instrument: Instrument, _ slice: RunSlice, _ context: Context) async throws -> Outcome {
        let run = slice.run
        var errors: [ProviderError] = []
        for name in slice.provider.map({ [$0] }) ?? settings.precedence.providers(for: instrument) {
            switch try await fetch(instrument, from: name, slice, context) {
            case .failed(let error): errors.append(ProviderError(error.kind, "\(name): \(error.detail)"))
            case .later: return .later
            case .stored(let isNew, let keys):
                try await Runs(database).recordResponses(keys, of: instrument.id, in: run.id)
                return isNew ? .stored : .unchanged
            }
        }
        try await Runs(database).recordFailure(errors.map(\.description).joined(separator: "; "), of: instrument.id, in: run.id)
        return .failed(errors.map(\.kind.name).joined(separator: ", "))
    }

    /// The outcome of all requests to one provider about one instrument.
    private enum ProviderOutcome: Sendable {
        case stored(isNew: Bool, keys: [String])
        case failed(ProviderError)
        case later
    }

    /// Fetches an instrument from one provider: first splits and dividends if they have requests of their own, then bars, then the whole
    /// history if the bars contain an action that was unknown.
    private func fetch(
        _ instrument: Instrument, from name: String, _ slice: RunSlice, _ context: Context
    ) async throws -> ProviderOutcome {
        let asOf = slice.run.asOf
        guard let configured = providers[name] else {
            return .failed(
                ProviderError(.unknownSymbol, "the provider is not queried: PROVIDERS does not contain it, or it is a file format"))
        }
        let calendar = slice.calendars[instrument.exchange]
        let day = calendar?.zone.localDate(at: asOf) ?? asOf.utcDate
        let basis = try await RequestBasis(
            database, of: instrument.id, provider: name, on: day, asOf: asOf, kinds: configured.actions.map(\.kind))
        guard let stored = basis.symbol else {
            return .failed(ProviderError(.unknownSymbol, "\(instrument.id) has no symbol there on \(day)"))
        }
        // A symbol that was stored for this provider is in the provider's spelling already.
        let spelling = stored.isOwn ? stored.text : SymbolSpelling(provider: name)?.spell(stored.text, on: instrument.exchange)
        guard let symbol = spelling else {
            return .failed(ProviderError(.unknownSymbol, "the provider has no symbol for \(stored.text) of \(instrument.exchange)"))
        }
        func pagination(of provider: any DataProvider) -> Pagination {
            let fetcher = ResponseFetcher(provider, configured.allowance, http: http, archive: archive, limits: RequestLimits(database))
            return Pagination(fetcher: fetcher, instrument: instrument, symbol: symbol, calendar: calendar, asOf: asOf)
        }
        let from = firstSession(basis.lastSession, slice, calendar)
        var fetched: [Pagination.Page] = []
        for provider in configured.actions {
            let isFirst = !basis.knownKinds.contains(provider.kind)
            switch try await pagination(of: provider).fetch(from: isFirst ? nil : from, context) {
            case .stored(let responses): fetched += responses
            case .later: return .later
            // The error is logged and archived already; bars can be fetched without actions.
            case .failed: continue
            }
        }
        let bars = pagination(of: configured.provider)
        switch try await bars.fetch(from: from, context) {
        case .failed(let error): return .failed(error)
        case .later: return .later
        case .stored(let responses):
            fetched += responses
            let (isNew, keys) = (fetched.contains(where: \.archived.isNew), fetched.map(\.archived.key.description))
            guard from != nil, try await hasUnknownAction(responses, configured.provider, instrument, slice.run) else {
                return .stored(isNew: isNew, keys: keys)
            }
            switch try await bars.fetch(from: nil, context) {
            case .stored(let history): return .stored(isNew: isNew, keys: keys + history.map(\.archived.key.description))
            case .later: return .later
            case .failed: return .stored(isNew: isNew, keys: keys)
            }
        }
    }

    /// The first session to request: the event's, or else `overlap` sessions before the last session known before the run. A repeated call
    /// requests the same sessions.
    private func firstSession(_ last: SessionDate?, _ slice: RunSlice, _ calendar: TradingCalendar?) -> SessionDate? {
        if let from = slice.from { return from }
        guard let last, let calendar else { return nil }
        return (0..<Self.overlap).reduce(last) { date, _ in calendar.previous(before: date) ?? date }
    }

    /// Whether any page of a response contains a split or dividend that was unknown before the run. The provider has then adjusted the whole
    /// history.
    private func hasUnknownAction(
        _ pages: [Pagination.Page], _ provider: any DataProvider, _ instrument: Instrument, _ run: Run
    ) async throws -> Bool {
        let actions = pages.flatMap { $0.parsed?.actions ?? [] }
        guard !actions.isEmpty else { return false }
        let before = AsOf.recorded(Instant(microseconds: run.asOf.microseconds - 1))
        let known = Set(try await CorporateActions(database).read(instrument.id, before, source: provider.name).map(\.exDate))
        return actions.contains { !known.contains($0.exDate) }
    }
}
