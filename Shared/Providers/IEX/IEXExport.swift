package import Market

/// Files in the form of IEX Cloud, which ended on 31 August 2024: an import format, not a source. `chart` (and `previous`) rows carry
/// as-traded prices as `uOpen` … `uVolume`; where most have only the plain ones, which are split-adjusted, the answer is marked so. The
/// form of its batches, `{"AAPL":{"chart":[…]}}`, is read where it is about one symbol.
package struct IEXExport: DataProvider {
    package enum Subject: String, Sendable { case chart, intraday, splits, dividends, quote }

    package static let name = "iex"
    package var kind: String { subject.rawValue }
    package var reportsActions: Bool { subject == .splits || subject == .dividends }
    package static let traits = ProviderTraits(
        close: .splitAdjusted, order: .oldestFirst, stamp: .exchangeDate, key: .none, suggested: ProviderLimits())

    private let baseURL: String
    private let subject: Subject

    /// `baseURL` is a folder that serves the exported files.
    package init(baseURL: String = "http://127.0.0.1", subject: Subject = .chart) {
        self.baseURL = baseURL
        self.subject = subject
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        ProviderRequest(url: "\(baseURL)/stock/\(percentEncoded(symbol))/\(subject.rawValue)", key: nil)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { (body, false) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try rows(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let rows = try rows(body, status: status, headers: [])
        switch subject {
        case .chart: return chart(rows, calendar, asOf)
        case .intraday: return intraday(rows)
        case .quote: return try quote(rows[0])
        case .splits, .dividends: return actions(rows)
        }
    }

    private func chart(_ rows: [JSONValue], _ calendar: TradingCalendar?, _ asOf: Instant) -> ParsedResponse {
        let traded = IEXUnadjustedRows(rows)
        var table = DailyBarCollector(calendar: calendar)
        for (ordinal, row) in rows.enumerated() {
            let stamp = row["date"]?.string ?? ""
            let session = SessionDate(stamp.prefix(10))
            var fields = traded.fields(ordinal)
            if let repairs = traded.repairs(ordinal) {
                table.recordRepair(
                    ordinal, session, "not-as-traded", "as-traded prices are missing: the plain ones, by the days around",
                    fields.text(stamp), repairs)
                fields = fields.applying(repairs)
            }
            table.addDaily(
                fields, stamp: stamp, session: session, ordinal: ordinal, asOf: asOf, zone: Zone("America/New_York"))
        }
        return table.parsedResponse(currency: "USD", basis: traded.isTraded ? .asTraded : .splitAdjusted)
    }

    /// The consolidated prices where they are, else those of the IEX exchange alone, which are null in a minute without a trade there.
    private func intraday(_ rows: [JSONValue]) -> ParsedResponse {
        let zone = Zone("America/New_York")
        var table = IntradayBarCollector(zone: zone)
        for (ordinal, row) in rows.enumerated() {
            let stamp = "\(row["date"]?.string ?? "") \(row["minute"]?.string ?? "")"
            let all = BarFields(row, BarNames("marketOpen", "marketHigh", "marketLow", "marketClose", "marketVolume"))
            let fields = all.close == nil ? BarFields(row, .full) : all
            // A minute in which nothing traded anywhere.
            if [fields.open, fields.high, fields.low, fields.close].allSatisfy({ $0 == nil }) { continue }
            table.add(fields, stamp: stamp, start: zone.flatMap { $0.instant(localTime: stamp) }, ordinal: ordinal)
        }
        return table.parsedResponse(currency: "USD")
    }

    private func quote(_ row: JSONValue) throws(ProviderError) -> ParsedResponse {
        guard let price = row["latestPrice"]?.number ?? row["close"]?.number, price > 0 else {
            throw ProviderError(.malformed, "a quote without a price")
        }
        let field = { (name: String) in row[name]?.number.flatMap { $0 > 0 ? Price($0) : nil } }
        var quote = Quote(price: Price(price))
        (quote.open, quote.high, quote.low, quote.previousClose) = (field("open"), field("high"), field("low"), field("previousClose"))
        quote.volume = row["latestVolume"]?.number
        quote.time = row["latestUpdate"]?.number.flatMap { Instant(ofEpoch: $0 / 1000) }
        quote.session = quote.time.flatMap { time in Zone("America/New_York")?.localDate(at: time) }
        var answer = ParsedResponse(currency: "USD")
        answer.quote = quote
        return answer
    }

    /// `ratio` is old for new and can be rounded or wrong: the factors count where they are.
    private func actions(_ rows: [JSONValue]) -> ParsedResponse {
        var table = ActionCollector()
        for (ordinal, row) in rows.enumerated() {
            let date = row["exDate"]?.string
            if subject == .dividends {
                let isSpecial = row["flag"]?.string == "Special" || row["frequency"]?.string == "unspecified"
                table.addDividend(ordinal, date: date, amount: row["amount"]?.number, nature: isSpecial ? .special : .ordinary)
            } else if let to = row["toFactor"]?.number, let from = row["fromFactor"]?.number {
                table.addSplit(ordinal, date: date, numerator: to, denominator: from)
            } else {
                table.addSplit(ordinal, date: date, numerator: 1, denominator: row["ratio"]?.number)
            }
        }
        return table.parsedResponse(currency: rows.first?["currency"]?.string ?? "USD")
    }

    /// A list of rows, or the one row of `previous` and `quote`. Its errors were plain text.
    private func rows(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> [JSONValue] {
        let json = try JSONResponse.value(body, status: status, headers: headers, key: nil, messages: ["error", "message"])
        guard let rows = try batched(json) ?? json.elements ?? json.members.map({ $0.isEmpty ? [] : [json] }) else {
            throw ProviderError(.malformed, "no rows: \(ProviderError.excerpt(body))")
        }
        guard !rows.isEmpty else { throw ProviderError(.emptyRange, "no rows") }
        return rows
    }

    /// The rows of a batch about one symbol; nil for what is no batch.
    private func batched(_ json: JSONValue) throws(ProviderError) -> [JSONValue]? {
        let names = subject == .intraday ? ["intraday-prices", "intraday"] : subject == .chart ? ["chart", "previous"] : [kind]
        let lists = (json.members ?? []).compactMap { member in
            names.lazy.compactMap { member.value[$0] }.first.map { (symbol: member.key, rows: $0) }
        }
        guard let list = lists.first, lists.count == json.members?.count else { return nil }
        guard lists.count == 1 else {
            throw ProviderError(
                .malformed, "a batch of \(lists.map(\.symbol).joined(separator: ", ")): hand in each symbol by itself")
        }
        return list.rows.elements ?? (list.rows.members?.isEmpty == false ? [list.rows] : [])
    }
}
