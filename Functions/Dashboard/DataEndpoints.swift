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
        /// What `after` has to be for the next page; nil on the last one.
        let next: String?

        private enum CodingKeys: String, CodingKey { case asOf = "as_of", symbols, next }
    }

    /// Instruments of a page where nothing is said, and at most: an answer stays far below the 6 MB that a function may give.
    private static let (statusPage, largestStatusPage) = (1000, 2000)

    /// `GET /v1/data/status?symbol=&limit=&after=&as_of=`: what is there of each instrument, and what is missing against its exchange's
    /// calendar, ordered by instrument. `symbol` is one or several, separated by commas, each whose it was at `as_of`; `after` is the `next`
    /// of the page before.
    func dataStatus(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        let instant = parameters.asOf
        let limit = try parameters.number("limit", in: 1...Self.largestStatusPage) ?? Self.statusPage
        let status = DataStatus(database)
        let found = try await status.entries(
            of: try await instruments(in: parameters), after: parameters.text("after") ?? "", limit: limit + 1, asOf: instant)
        let entries = found.prefix(limit)
        var calendars: [String: TradingCalendar] = [:]
        var sessions: [String: DataStatus.Sessions] = [:]
        for exchange in Set(entries.map(\.instrument.exchange)) {
            guard let calendar = try await ExchangeCalendars(database).calendar(of: exchange, asOf: instant) else { continue }
            calendars[exchange] = calendar
            sessions[exchange] = calendar.latestClosed(at: instant).map { DataStatus.Sessions(calendar, through: $0) }
        }
        let gaps = try await status.gaps(in: Array(entries), exchanges: sessions, asOf: instant)
        let symbols = entries.map { entry in
            let exchange = entry.instrument.exchange
            let missing = gaps[entry.instrument.id] ?? .none
            let end = [sessions[exchange]?.last, entry.delisted].compactMap { $0 }.min()
            let behind = calendars[exchange].flatMap { calendar in
                entry.last.flatMap { last in end.map { calendar.count(from: last.advanced(by: 1), through: $0) } }
            }
            return StatusDocument.Symbol(
                symbol: entry.instrument.symbol, instrument: entry.instrument.id, exchange: exchange, first: entry.first,
                last: entry.last, sessions: entry.sessions, missing: missing.count, gaps: missing.first,
                provisional: entry.provisional, quarantined: entry.quarantined, repaired: entry.repaired, providers: entry.sources,
                lastHeard: entry.heard, sessionsBehind: behind, delisted: entry.delisted)
        }
        let document = StatusDocument(
            asOf: instant, symbols: symbols, next: found.count > limit ? entries.last?.instrument.id : nil)
        return try HTTPAPIResponse(json: document, headers: ["cache-control": "private, max-age=30"])
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

    /// `GET /v1/data/quarantine?symbol=&from=&to=&limit=&as_of=`: what the rules hold back, mend or note, latest first, each with its
    /// reason. `from` and `to` are sessions; with one of them, rows without a readable date are left out.
    func quarantine(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        let limit = try parameters.number("limit", in: 1...1000) ?? 100
        let entries = try await QuarantineLog(database).entries(
            of: try await instrument(in: parameters)?.id, from: try parameters.date("from"), to: try parameters.date("to"),
            asOf: parameters.asOf, limit: limit)
        let rows = entries.map { entry in
            QuarantineDocument.Row(
                symbol: entry.instrument.symbol, session: entry.row.session, rule: entry.row.rule,
                verdict: entry.row.verdict.rawValue, detail: entry.row.detail, row: entry.row.text,
                repair: entry.row.repairs.map(\.description).joined(separator: ", "), provider: entry.source, object: entry.key,
                knownAt: entry.knownAt)
        }
        return try HTTPAPIResponse(
            json: QuarantineDocument(asOf: parameters.asOf, rows: rows), headers: ["cache-control": "private, max-age=30"])
    }

    private struct AnswerDocument: Encodable {
        struct Row: Encodable {
            let session: SessionDate?
            let rule, verdict, detail, row, repair: String
        }

        let object: String
        /// Whether it has been folded in; the rest is what that brought. Bars that say what was known before are none.
        let folded: Bool
        let bars, actions: Int
        /// Rows that do not count, however many rules speak against one, and whether that was known before or not.
        let heldBack: Int
        let rows: [Row]

        private enum CodingKeys: String, CodingKey { case object, folded, bars, actions, heldBack = "held_back", rows }
    }

    /// `GET /v1/data/answer?object=&from=&to=&limit=`: what became of one kept answer or file, and of which of its rows the rules had
    /// something to say. What was said before of the same rows is not said again: with the answer's first and last session as `from` and
    /// `to` it is among the rows as it stood then, and what else its provider's sessions between them are held back for.
    func answer(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        guard let key = parameters.text("object") else {
            throw ProblemDetails.invalidParameter("object", "It is missing: the key of an object under raw/.")
        }
        let counts = try await ProviderResponses(database).counts(key)
        let limit = try parameters.number("limit", in: 1...1000) ?? 100
        let (from, to) = (try parameters.date("from"), try parameters.date("to"))
        let log = QuarantineLog(database)
        var found = try await log.rows(of: key).filter { $0.verdict != .released }
        if let answer = counts?.response, let from, let to {
            found += try await log.entries(
                of: answer.instrument, source: answer.provider, from: from, to: to, asOf: answer.knownAt, limit: limit
            ).lazy.filter { $0.key != key && $0.row.verdict != .accept }.map(\.row)
        }
        let rows = found.prefix(limit).map { row in
            AnswerDocument.Row(
                session: row.session, rule: row.rule, verdict: row.verdict.rawValue, detail: row.detail, row: row.text,
                repair: row.repairs.map(\.description).joined(separator: ", "))
        }
        let document = AnswerDocument(
            object: key, folded: counts != nil, bars: counts?.bars ?? 0, actions: counts?.actions ?? 0,
            heldBack: counts?.rejected ?? 0, rows: rows)
        return try HTTPAPIResponse(json: document, headers: ["cache-control": "no-store"])
    }

    /// The ids of the instruments that the query names, if it names any.
    private func instruments(in parameters: Parameters) async throws -> [String]? {
        guard let text = parameters.text("symbol") else { return nil }
        let wanted = text.split(separator: ",").map(String.init)
        let found = try await Instruments(database).find(symbols: wanted, asOf: parameters.asOf)
        if let unknown = wanted.first(where: { found[$0] == nil }) ?? (wanted.isEmpty ? text : nil) {
            throw ProblemDetails.unknownSymbol(unknown)
        }
        return found.values.map(\.id).sorted()
    }

    /// The instrument that the query names, if it names one.
    private func instrument(in parameters: Parameters) async throws -> Instrument? {
        guard let symbol = parameters.text("symbol") else { return nil }
        guard let instrument = try await Instruments(database).find(symbol: symbol, asOf: parameters.asOf) else {
            throw ProblemDetails.unknownSymbol(symbol)
        }
        return instrument
    }
}
