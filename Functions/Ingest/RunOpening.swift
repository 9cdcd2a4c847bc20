import AWS
import Market
import Postgres
import Store

extension Ingest {
    /// Opens the run of an event, or finds it for a slice. Returns nil, with a note in the summary, if there is nothing to do.
    func open(_ event: IngestEvent, _ summary: inout IngestSummary) async throws -> RunSlice? {
        let instruments = Instruments(database)
        switch event {
        case .referenceData, .file, .release: return nil
        case .scheduled(let exchange, let time):
            try await instruments.register(settings.universe, areConfigured: true)
            guard let calendar = try await ExchangeCalendars(database).calendar(of: exchange, asOf: time) else {
                throw IngestError.unknownExchange(exchange)
            }
            guard let session = calendar.latestClosed(at: time), session == calendar.zone.localDate(at: time) else {
                summary.note = "no session of \(exchange) closed on the day of \(time)"
                return nil
            }
            try await updateUniverse(from: session, knownAt: time)
            let members = try await Universe(database).members(exchange: exchange, on: session, asOf: time)
            return try await open(id: "\(exchange)/\(time)", exchange, time, session, members, nil, nil)
        case .direct(let symbols, let exchange, let from, let provider, let time):
            guard !symbols.isEmpty else { throw IngestError.noSymbols }
            if let provider, providers[provider] == nil { throw IngestError.unknownProvider(provider, providers.keys.sorted()) }
            if let exchange, TradingCalendar.of(mic: exchange) == nil { throw IngestError.unknownExchange(exchange) }
            try await instruments.register(settings.universe, areConfigured: true)
            let members = try await find(symbols, exchange, instruments, asOf: time)
            let content = (members.map(\.id).sorted() + [from?.description ?? ""] + (provider.map { [$0] } ?? [])).joined(separator: ",")
            let id = "direct-\(Digest.sha256Hex(Array(content.utf8)).prefix(12))/\(time)"
            var session: SessionDate?
            for mic in Set(members.map(\.exchange)) {
                let calendar = try await ExchangeCalendars(database).calendar(of: mic, asOf: time)
                session = [session, calendar?.latestClosed(at: time)].compactMap { $0 }.max()
            }
            guard let session else { throw IngestError.noSession(time) }
            return try await open(id: id, exchange ?? Run.severalExchanges, time, session, members, from, provider)
        case .crossCheck(let names, let weeks, let time):
            guard let pair = try SourcePrecedence.ProviderPair(names) ?? settings.crossCheckPair else {
                summary.note = "there is only one provider, or CROSS_CHECK is none"
                return nil
            }
            guard providers[pair.second] != nil else {
                throw IngestError.unknownProvider(pair.second, providers.keys.sorted())
            }
            try await instruments.register(settings.universe, areConfigured: true)
            return try await open(pair, from: time.utcDate.advanced(by: -7 * weeks), time)
        case .slice(let id, let members, let from, let provider, let idleInvocations):
            guard let run = try await Runs(database).find(id) else { throw IngestError.unknownRun(id) }
            let known = Dictionary(uniqueKeysWithValues: try await instruments.find(ids: members).map { ($0.id, $0) })
            return RunSlice(
                run: run, instruments: members.compactMap { known[$0] }, from: from, provider: provider,
                idleInvocations: idleInvocations)
        }
    }

    /// Ends the memberships of instruments that the settings no longer name. What is known at a computed instant does not change any more, so
    /// an event that is sent again after its run was finished changes nothing.
    private func updateUniverse(from session: SessionDate, knownAt: Instant) async throws {
        guard !settings.universe.isEmpty else { return }
        try await database.transaction {
            try await CrossSections.lockAll(in: database)
            guard try await CrossSections.latest(in: database).map({ $0 < knownAt }) ?? true else { return }
            try await Universe(database).configure(settings.universe.map(\.id), from: session, knownAt: knownAt)
        }
    }

    /// Opens a run that requests the last weeks of the whole universe from the second of two providers.
    private func open(_ pair: SourcePrecedence.ProviderPair, from: SessionDate, _ time: Instant) async throws -> RunSlice {
        var (members, session): ([Instrument], SessionDate?) = ([], nil)
        for exchange in Set(try await Instruments(database).list().map(\.exchange)).sorted() {
            let calendar = try await ExchangeCalendars(database).calendar(of: exchange, asOf: time)
            guard let closed = calendar?.latestClosed(at: time) else { continue }
            members += try await Universe(database).members(exchange: exchange, on: closed, asOf: time)
            session = [session, closed].compactMap { $0 }.max()
        }
        guard let session else { throw IngestError.noSession(time) }
        return try await open(
            id: "cross-check-\(pair.first)-\(pair.second)/\(time)", Run.severalExchanges, time, session, members, from, pair.second)
    }

    /// Opens a run. Instruments whose last response is oldest come first, so that the next run continues where a quota ended this one.
    private func open(
        id: String, _ exchange: String, _ time: Instant, _ session: SessionDate, _ members: [Instrument], _ from: SessionDate?,
        _ provider: String?
    ) async throws -> RunSlice {
        let run = Run(id: id, exchange: exchange, asOf: time, session: session, expected: members.map(\.id))
        let runs = Runs(database)
        try await runs.open(run)
        let lastResponses = try await ProviderResponses(database).latestKnown(before: time)
        let order = members.sorted {
            let (left, right) = (lastResponses[$0.id]?.microseconds ?? .min, lastResponses[$1.id]?.microseconds ?? .min)
            return (left, $0.id) < (right, $1.id)
        }
        return RunSlice(run: try await runs.find(id) ?? run, instruments: order, from: from, provider: provider)
    }

    /// The instruments with the given symbols, ordered by id. If an exchange is given, unknown symbols are registered on it.
    private func find(
        _ symbols: [String], _ exchange: String?, _ instruments: Instruments, asOf time: Instant
    ) async throws -> [Instrument] {
        let wanted = Set(symbols).sorted()
        let named = try await instruments.find(symbols: wanted, asOf: time).filter { exchange == nil || $0.value.exchange == exchange }
        var found = Dictionary(named.values.map { ($0.id, $0) }) { first, _ in first }
        let missing = wanted.filter { named[$0] == nil }
        if let exchange, !missing.isEmpty {
            let invalid = missing.filter { !$0.isUsableSymbol }
            guard invalid.isEmpty else { throw IngestError.invalidSymbols(invalid) }
            let new = missing.map { Instrument(listing: $0, on: exchange) }
            try await instruments.register(new)
            for instrument in try await instruments.find(ids: new.map(\.id)) { found[instrument.id] = instrument }
        } else if !missing.isEmpty {
            throw IngestError.unknownSymbols(missing)
        }
        return found.values.sorted { $0.id < $1.id }
    }
}
