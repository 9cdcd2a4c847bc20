import AWS
import Market
import Store

/// The part of a run that one invocation has to see to.
struct RunSlice: Sendable {
    let run: Run
    let instruments: [Instrument]
    /// The first session to ask for; `nil` asks for what is missing.
    let from: SessionDate?
    /// The one provider to ask; `nil` asks as preferred.
    let provider: String?
    /// Invocations in a row that waited for leave to ask and came to the end of none of the instruments.
    var idle = 0
}

enum IngestError: Error, Sendable, CustomStringConvertible {
    case unknownExchange(String)
    case unknownRun(String)
    case unknownSymbols([String])
    case noSymbols
    case noSession(Instant)
    case unknownProvider(String, [String])
    case factsOfThePast(Instant, latest: Instant)
    case invalidHours(String, SessionDate, String)

    var description: String {
        switch self {
        case .unknownExchange(let mic): "no calendar for the exchange \"\(mic)\""
        case .unknownRun(let id): "no run \"\(id)\" was opened"
        case .unknownSymbols(let symbols):
            "unknown symbols: \(symbols.joined(separator: ", ")); add them to UNIVERSE, or give their \"exchange\" in the event"
        case .noSymbols: "the event's \"symbols\" is empty"
        case .unknownProvider(let name, let known): "PROVIDERS does not name \"\(name)\"; it has \(known.joined(separator: ", "))"
        case .factsOfThePast(let time, let latest):
            "features were made as known at \(latest) already, so facts cannot have been known at \(time): give a time after \(latest) as \"time\""
        case .invalidHours(let exchange, let day, let hours):
            "\"\(hours)\" on \(day) at \(exchange) are no hours of a session: write 0930-1300, or 0900-1130,1230-1500 with a break, and no \"closed\""
        case .noSession(let time): "the calendar has no session before \(time)"
        }
    }
}

extension Ingest {
    /// Opens (or finds) the run that the event is about; `nil`, with a note, when the calendar says that there is nothing to do.
    func open(_ event: IngestEvent, _ summary: inout IngestSummary) async throws -> RunSlice? {
        let instruments = Instruments(database)
        switch event {
        case .facts, .imported, .release: return nil
        case .scheduled(let exchange, let time):
            try await instruments.register(settings.universe)
            guard let calendar = try await ExchangeCalendars(database).calendar(of: exchange, asOf: time) else {
                throw IngestError.unknownExchange(exchange)
            }
            guard let session = calendar.latestClosed(at: time), session == calendar.zone.localDate(at: time) else {
                summary.note = "no session of \(exchange) has closed on the day of \(time)"
                return nil
            }
            let members = try await Universe(database).members(exchange: exchange, on: session, asOf: time)
            return try await open(id: "\(exchange)/\(time)", exchange, time, session, members, nil, nil)
        case .direct(let symbols, let exchange, let from, let provider, let time):
            guard !symbols.isEmpty else { throw IngestError.noSymbols }
            if let provider, sources[provider] == nil { throw IngestError.unknownProvider(provider, sources.keys.sorted()) }
            if let exchange, TradingCalendar.of(mic: exchange) == nil { throw IngestError.unknownExchange(exchange) }
            try await instruments.register(settings.universe)
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
            guard let pair = try SourcePrecedence.CrossCheck(names) ?? settings.crossCheck else {
                summary.note = "there is one provider only, or CROSS_CHECK is none"
                return nil
            }
            guard sources[pair.second] != nil else { throw IngestError.unknownProvider(pair.second, sources.keys.sorted()) }
            try await instruments.register(settings.universe)
            return try await open(pair, from: time.utcDate.advanced(by: -7 * weeks), time)
        case .slice(let id, let members, let from, let provider, let idle):
            guard let run = try await Runs(database).find(id) else { throw IngestError.unknownRun(id) }
            let known = Dictionary(uniqueKeysWithValues: try await instruments.find(ids: members).map { ($0.id, $0) })
            return RunSlice(run: run, instruments: members.compactMap { known[$0] }, from: from, provider: provider, idle: idle)
        }
    }

    /// A run that asks the second of two providers for the last weeks of every member of the universe.
    private func open(_ pair: SourcePrecedence.CrossCheck, from: SessionDate, _ time: Instant) async throws -> RunSlice {
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

    /// Those that were heard of longest ago come first: where a provider's quota ends a run, the next one goes on.
    private func open(
        id: String, _ exchange: String, _ time: Instant, _ session: SessionDate, _ members: [Instrument], _ from: SessionDate?,
        _ provider: String?
    ) async throws -> RunSlice {
        let run = Run(id: id, exchange: exchange, asOf: time, session: session, expected: members.map(\.id))
        let runs = Runs(database)
        try await runs.open(run)
        let heard = try await ProviderResponses(database).lastHeard(before: time)
        let order = members.sorted {
            let (left, right) = (heard[$0.id]?.microseconds ?? .min, heard[$1.id]?.microseconds ?? .min)
            return (left, $0.id) < (right, $1.id)
        }
        return RunSlice(run: try await runs.find(id) ?? run, instruments: order, from: from, provider: provider)
    }

    /// The instruments that are meant, in the order of their ids; with an exchange, ones that nobody knew are registered.
    private func find(
        _ symbols: [String], _ exchange: String?, _ instruments: Instruments, asOf time: Instant
    ) async throws -> [Instrument] {
        let wanted = Set(symbols).sorted()
        let named = try await instruments.find(symbols: wanted, asOf: time).filter { exchange == nil || $0.value.exchange == exchange }
        var found = Dictionary(named.values.map { ($0.id, $0) }) { first, _ in first }
        let missing = wanted.filter { named[$0] == nil }
        if let exchange, !missing.isEmpty {
            let new = missing.map { Instrument(listing: $0, on: exchange) }
            try await instruments.register(new)
            for instrument in try await instruments.find(ids: new.map(\.id)) { found[instrument.id] = instrument }
        } else if !missing.isEmpty {
            throw IngestError.unknownSymbols(missing)
        }
        return found.values.sorted { $0.id < $1.id }
    }
}

extension Run {
    /// The exchange of a run over instruments of several.
    static let severalExchanges = "*"
}
