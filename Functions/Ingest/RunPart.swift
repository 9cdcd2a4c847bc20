import AWS
import Market
import Store

/// The part of a run that one invocation has to see to.
struct RunPart: Sendable {
    let run: Run
    let instruments: [Instrument]
    /// The first session to ask for; `nil` asks for what is missing.
    let from: SessionDate?
}

enum IngestFailure: Error, Sendable, CustomStringConvertible {
    case unknownExchange(String)
    case unknownRun(String)
    case unknownSymbols([String])
    case noSymbols
    case noSession(Instant)

    var description: String {
        switch self {
        case .unknownExchange(let mic): "no calendar for the exchange \"\(mic)\""
        case .unknownRun(let id): "no run \"\(id)\" was opened"
        case .unknownSymbols(let symbols):
            "unknown symbols: \(symbols.joined(separator: ", ")); add them to UNIVERSE, or give their \"exchange\" in the event"
        case .noSymbols: "the event's \"symbols\" is empty"
        case .noSession(let time): "the calendar has no session before \(time)"
        }
    }
}

extension Ingest {
    /// Opens (or finds) the run that the event is about; `nil`, with a note, when the calendar says that there is nothing to do.
    func open(_ event: IngestEvent, _ summary: inout IngestSummary) async throws -> RunPart? {
        let instruments = Instruments(database)
        switch event {
        case .scheduled(let exchange, let time):
            try await instruments.register(settings.universe, provider: settings.providerName)
            guard let calendar = TradingCalendar.of(mic: exchange) else { throw IngestFailure.unknownExchange(exchange) }
            guard let session = calendar.latestClosed(at: time), session == calendar.zone.localDate(at: time) else {
                summary.note = "no session of \(exchange) has closed on the day of \(time)"
                return nil
            }
            let members = try await instruments.list(exchange: exchange)
            return try await open(id: "\(exchange)/\(time)", exchange, time, session, members, nil)
        case .direct(let symbols, let exchange, let from, let time):
            guard !symbols.isEmpty else { throw IngestFailure.noSymbols }
            if let exchange, TradingCalendar.of(mic: exchange) == nil { throw IngestFailure.unknownExchange(exchange) }
            let given = exchange.map { mic in symbols.map { Instrument(listing: $0, on: mic) } } ?? []
            try await instruments.register(settings.universe + given, provider: settings.providerName)
            let members = try await find(symbols, exchange, instruments)
            let content = (members.map(\.id).sorted() + [from?.description ?? ""]).joined(separator: ",")
            let id = "direct-\(Digest.sha256Hex(Array(content.utf8)).prefix(12))/\(time)"
            let sessions = Set(members.map(\.exchange)).compactMap { TradingCalendar.of(mic: $0)?.latestClosed(at: time) }
            guard let session = sessions.max() else { throw IngestFailure.noSession(time) }
            return try await open(id: id, exchange ?? Run.severalExchanges, time, session, members, from)
        case .slice(let id, let members, let from):
            guard let run = try await Runs(database).find(id) else { throw IngestFailure.unknownRun(id) }
            let wanted = Set(members)
            return RunPart(run: run, instruments: try await instruments.list().filter { wanted.contains($0.id) }, from: from)
        }
    }

    private func open(
        id: String, _ exchange: String, _ time: Instant, _ session: SessionDate, _ members: [Instrument], _ from: SessionDate?
    ) async throws -> RunPart {
        let run = Run(id: id, exchange: exchange, asOf: time, session: session, expected: members.map(\.id))
        let runs = Runs(database)
        try await runs.open(run)
        return RunPart(run: try await runs.find(id) ?? run, instruments: members, from: from)
    }

    private func find(_ symbols: [String], _ exchange: String?, _ instruments: Instruments) async throws -> [Instrument] {
        let wanted = Set(symbols)
        let found = try await instruments.list(exchange: exchange).filter { wanted.contains($0.symbol) || wanted.contains($0.id) }
        let missing = wanted.subtracting(found.flatMap { [$0.symbol, $0.id] })
        guard missing.isEmpty else { throw IngestFailure.unknownSymbols(missing.sorted()) }
        return found
    }
}

extension Run {
    /// The exchange of a run over instruments of several.
    static let severalExchanges = "*"
}
