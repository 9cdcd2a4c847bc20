import LambdaEvents
import Market
import Store

extension Dashboard {
    private struct DataStatusDocument: Encodable {
        struct Symbol: Encodable {
            let symbol, instrument, exchange: String
            let first, last: SessionDate?
            let sessions: Int
            /// The number of sessions without a bar since the first bar, and the first fifty such sessions.
            let missing: Int
            let gaps: [SessionDate]
            /// The number of provisional bars, of quarantined rows and of repaired rows.
            let provisional, quarantined, repaired: Int
            let providers: [String]
            /// The business time of the last response.
            let lastResponseAt: Instant?
            /// The number of sessions that have closed since the last bar; nil without a bar or a calendar.
            let sessionsBehind: Int?
            let delisted: SessionDate?

            private enum CodingKeys: String, CodingKey {
                case symbol, instrument, exchange, first, last, sessions, missing, gaps, provisional, quarantined, repaired, providers,
                    delisted
                case lastResponseAt = "last_response_at", sessionsBehind = "sessions_behind"
            }
        }

        /// An object under raw/ that is not projected or can no longer be read.
        struct Object: Encodable {
            let object: String
            let instrument: String?
            let reason: String
            /// Whether the object was projected before, and the rows of its instrument stay as they are.
            let rowsStay: Bool

            private enum CodingKeys: String, CodingKey { case object, instrument, reason, rowsStay = "rows_stay" }
        }

        let asOf: Instant
        let symbols: [Symbol]
        /// The first hundred objects that cannot be projected, on the first page.
        let quarantinedObjects: [Object]
        /// The value of `after` for the next page; nil on the last page.
        let next: String?

        private enum CodingKeys: String, CodingKey { case asOf = "as_of", symbols, quarantinedObjects = "quarantined_objects", next }
    }

    /// The default and the largest number of instruments on a page, far below the 6 MB that a function may return.
    private static let (statusPageSize, largestStatusPageSize) = (1000, 2000)

    /// `GET /v1/data/status?symbol=&limit=&after=&as_of=`: the stored and missing sessions of each instrument, ordered by instrument id.
    /// `symbol` is one or several symbols, separated by commas; `after` is the `next` of the previous page.
    func dataStatus(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try QueryParameters(request)
        let instant = parameters.asOf
        let limit = try parameters.number("limit", in: 1...Self.largestStatusPageSize) ?? Self.statusPageSize
        let status = DataStatus(database)
        let instruments = try await instruments(in: parameters)
        let after = parameters.text("after") ?? ""
        let found = try await status.entries(of: instruments, after: after, limit: limit + 1, asOf: instant)
        let quarantined = after.isEmpty ? try await QuarantinedObjects(database).list(of: instruments, limit: 100) : []
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
            return DataStatusDocument.Symbol(
                symbol: entry.instrument.symbol, instrument: entry.instrument.id, exchange: exchange, first: entry.first,
                last: entry.last, sessions: entry.sessions, missing: missing.count, gaps: missing.first,
                provisional: entry.provisional, quarantined: entry.quarantined, repaired: entry.repaired, providers: entry.sources,
                lastResponseAt: entry.lastResponse, sessionsBehind: behind, delisted: entry.delisted)
        }
        let document = DataStatusDocument(
            asOf: instant, symbols: symbols,
            quarantinedObjects: quarantined.map {
                DataStatusDocument.Object(object: $0.key, instrument: $0.instrument, reason: $0.reason, rowsStay: $0.rowsStay)
            }, next: found.count > limit ? entries.last?.instrument.id : nil)
        return try HTTPAPIResponse(json: document, headers: ["cache-control": "private, max-age=30"])
    }

    private struct QuarantineDocument: Encodable {
        struct Row: Encodable {
            let symbol: String
            let session: SessionDate?
            let rule: String
            /// `quarantined`: the row is not used; `repaired`: the row is used with the values in `repairs`; `accepted`: the row is used
            /// unchanged.
            let disposition: String
            let detail, row, repairs, provider, object: String
            let knownAt: Instant

            private enum CodingKeys: String, CodingKey {
                case symbol, session, rule, disposition, detail, row, repairs, provider, object
                case knownAt = "known_at"
            }
        }

        let asOf: Instant
        let rows: [Row]
        /// The value of `offset` for the next page; nil on the last page.
        let next: Int?

        private enum CodingKeys: String, CodingKey { case asOf = "as_of", rows, next }
    }

    /// `GET /v1/data/quarantine?symbol=&from=&to=&limit=&offset=&as_of=`: the rule violations that hold, latest first. `from` and `to` are sessions;
    /// if either is given, rows without a readable date are left out.
    func quarantine(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try QueryParameters(request)
        let limit = try parameters.number("limit", in: 1...1000) ?? 100
        let offset = try parameters.number("offset", in: 0...100_000) ?? 0
        let entries = try await QuarantineLog(database).entries(
            of: try await instrument(in: parameters)?.id, from: try parameters.date("from"), to: try parameters.date("to"),
            asOf: parameters.asOf, limit: limit + 1, offset: offset)
        let rows = entries.prefix(limit).map { entry in
            QuarantineDocument.Row(
                symbol: entry.instrument.symbol, session: entry.row.session, rule: entry.row.rule,
                disposition: entry.row.disposition.rawValue, detail: entry.row.detail, row: entry.row.text,
                repairs: entry.row.repairs.map(\.description).joined(separator: ", "), provider: entry.source, object: entry.key,
                knownAt: entry.knownAt)
        }
        return try HTTPAPIResponse(
            json: QuarantineDocument(asOf: parameters.asOf, rows: rows, next: entries.count > limit ? offset + limit : nil),
            headers: ["cache-control": "private, max-age=30"])
    }

    private struct ResponseDocument: Encodable {
        struct Row: Encodable {
            let session: SessionDate?
            let rule, disposition, detail, row, repairs: String
        }

        /// The key of the response.
        let object: String
        /// Whether the response has been projected. If not, the numbers are 0.
        let projected: Bool
        /// Why the response cannot be projected; nil if it is projected or waits for it.
        let reason: String?
        /// The number of new bars and actions. Bars that repeat known ones are not counted.
        let bars, actions: Int
        /// The number of quarantined rows. A row counts once, however many rules it violates.
        let quarantined: Int
        let rows: [Row]
    }

    /// `GET /v1/data/response?object=&from=&to=&limit=`: the result of projecting one response or uploaded file, and its rule violations.
    ///
    /// Violations that were known before are not recorded again with a response. `from` and `to`, the response's first and last session,
    /// add the earlier violations of its provider that held for these sessions.
    func projectionResult(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try QueryParameters(request)
        guard let key = parameters.text("object") else {
            throw ProblemDetails.invalidParameter("object", "It is missing: the key of an object under raw/.")
        }
        let projected = try await ProviderResponses(database).find(key)
        let limit = try parameters.number("limit", in: 1...1000) ?? 100
        let (from, to) = (try parameters.date("from"), try parameters.date("to"))
        let log = QuarantineLog(database)
        var violations = try await log.violations(ofResponse: key, limit: limit)
        if let response = projected?.response, let from, let to {
            violations += try await log.entries(
                of: response.instrument, source: response.provider, from: from, to: to, asOf: response.knownAt, limit: limit
            ).lazy.filter { $0.key != key && $0.row.disposition != .accepted }.map(\.row)
        }
        let rows = violations.prefix(limit).map { row in
            ResponseDocument.Row(
                session: row.session, rule: row.rule, disposition: row.disposition.rawValue, detail: row.detail,
                row: row.text, repairs: row.repairs.map(\.description).joined(separator: ", "))
        }
        let counts = projected?.counts
        let document = ResponseDocument(
            object: key, projected: projected != nil, reason: try await QuarantinedObjects(database).reason(of: key),
            bars: counts?.bars ?? 0, actions: counts?.actions ?? 0,
            quarantined: counts?.quarantined ?? 0, rows: rows)
        return try HTTPAPIResponse(json: document, headers: ["cache-control": "no-store"])
    }

    /// The ids of the instruments in the parameter `symbol`; nil without the parameter.
    private func instruments(in parameters: QueryParameters) async throws -> [String]? {
        guard let text = parameters.text("symbol") else { return nil }
        let wanted = text.split(separator: ",").map(String.init)
        let found = try await Instruments(database).find(symbols: wanted, asOf: parameters.asOf)
        if let unknown = wanted.first(where: { found[$0] == nil }) ?? (wanted.isEmpty ? text : nil) {
            throw ProblemDetails.unknownSymbol(unknown)
        }
        return found.values.map(\.id).sorted()
    }

    /// The instrument with a symbol as of an instant.
    ///
    /// - Throws: `ProblemDetails` for an unknown symbol.
    func instrument(named symbol: String, asOf instant: Instant) async throws -> Instrument {
        guard let instrument = try await Instruments(database).find(symbol: symbol, asOf: instant) else {
            throw ProblemDetails.unknownSymbol(symbol)
        }
        return instrument
    }

    /// The instrument in the parameter `symbol`; nil without the parameter.
    func instrument(in parameters: QueryParameters) async throws -> Instrument? {
        guard let symbol = parameters.text("symbol") else { return nil }
        return try await instrument(named: symbol, asOf: parameters.asOf)
    }
}
