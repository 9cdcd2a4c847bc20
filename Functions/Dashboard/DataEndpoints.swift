import LambdaEvents
import Market
import Store

extension Dashboard {
    private struct StatusDocument: Encodable {
        struct Symbol: Encodable {
            let symbol, instrument, exchange: String
            let first, last: SessionDate?
            let sessions: Int
            /// Sessions without a bar between the first one and now, and the first fifty of them.
            let missing: Int
            let gaps: [SessionDate]
            /// Unfinished sessions; rows held back; rows that count with a repair.
            let provisional, quarantined, repaired: Int
            let providers: [String]
            let lastHeard: Instant?
            /// Sessions that have closed since the last one that is there; nil where there is none, or no calendar.
            let sessionsBehind: Int?
            let delisted: SessionDate?

            private enum CodingKeys: String, CodingKey {
                case symbol, instrument, exchange, first, last, sessions, missing, gaps, provisional, quarantined, repaired, providers,
                    delisted
                case lastHeard = "last_heard", sessionsBehind = "sessions_behind"
            }
        }

        let asOf: Instant
        let symbols: [Symbol]

        private enum CodingKeys: String, CodingKey { case asOf = "as_of", symbols }
    }

    /// `GET /v1/data/status?symbol=&as_of=`: what is there of each instrument, and what is missing against its exchange's calendar.
    func dataStatus(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        let instant = parameters.asOf
        let status = DataStatus(database)
        var calendars: [String: TradingCalendar] = [:]
        var symbols: [StatusDocument.Symbol] = []
        for entry in try await status.entries(of: try await instrument(in: parameters)?.id, asOf: instant) {
            let exchange = entry.instrument.exchange
            if calendars[exchange] == nil {
                calendars[exchange] = try await ExchangeCalendars(database).calendar(of: exchange, asOf: instant)
            }
            let closed = calendars[exchange]?.latestClosed(at: instant)
            var gaps: [SessionDate] = []
            if let calendar = calendars[exchange], let closed {
                gaps = try await status.gaps(in: entry, through: closed, calendar: calendar, asOf: instant)
            }
            let end = [closed, entry.delisted].compactMap { $0 }.min()
            let behind = calendars[exchange].flatMap { calendar in
                entry.last.flatMap { last in end.map { calendar.count(from: last.advanced(by: 1), through: $0) } }
            }
            symbols.append(
                StatusDocument.Symbol(
                    symbol: entry.instrument.symbol, instrument: entry.instrument.id, exchange: exchange, first: entry.first,
                    last: entry.last, sessions: entry.sessions, missing: gaps.count, gaps: Array(gaps.prefix(50)),
                    provisional: entry.provisional, quarantined: entry.quarantined, repaired: entry.repaired, providers: entry.sources,
                    lastHeard: entry.heard, sessionsBehind: behind, delisted: entry.delisted))
        }
        return try HTTPAPIResponse(
            json: StatusDocument(asOf: instant, symbols: symbols), headers: ["cache-control": "private, max-age=30"])
    }

    private struct QuarantineDocument: Encodable {
        struct Row: Encodable {
            let symbol: String
            let session: SessionDate?
            let rule: String
            /// `quarantine`: held back; `repair`: counts with `repair`'s values in place of its own; `accept`: counts, worth knowing.
            let verdict: String
            let detail, row, repair, provider, object: String
            let knownAt: Instant

            private enum CodingKeys: String, CodingKey {
                case symbol, session, rule, verdict, detail, row, repair, provider, object
                case knownAt = "known_at"
            }
        }

        let asOf: Instant
        let rows: [Row]

        private enum CodingKeys: String, CodingKey { case asOf = "as_of", rows }
    }

    /// `GET /v1/data/quarantine?symbol=&limit=&as_of=`: what the rules hold back, mend or
    /// note, latest first, each with its reason.
    func quarantine(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        let limit = try parameters.number("limit", in: 1...1000) ?? 100
        let entries = try await QuarantineLog(database).entries(
            of: try await instrument(in: parameters)?.id, asOf: parameters.asOf, limit: limit)
        let rows = entries.map { entry in
            QuarantineDocument.Row(
                symbol: entry.instrument.symbol, session: entry.row.session, rule: entry.row.violation.rule,
                verdict: entry.row.verdict.rawValue, detail: entry.row.violation.detail, row: entry.row.text,
                repair: entry.row.repairs.map(\.description).joined(separator: ", "), provider: entry.source, object: entry.key,
                knownAt: entry.knownAt)
        }
        return try HTTPAPIResponse(
            json: QuarantineDocument(asOf: parameters.asOf, rows: rows), headers: ["cache-control": "private, max-age=30"])
    }

    /// The instrument that the query names, if it names one.
    private func instrument(in parameters: Parameters) async throws -> Instrument? {
        guard let symbol = parameters.text("symbol") else { return nil }
        guard let instrument = try await Instruments(database).find(symbol: symbol) else { throw ProblemDetails.unknownSymbol(symbol) }
        return instrument
    }
}
