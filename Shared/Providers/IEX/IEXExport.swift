package import Formats
package import Market

/// Files in the format of IEX Cloud, which ended on 31 August 2024: for uploads, not for requests.
///
/// `chart` (and `previous`) rows have as-traded prices as `uOpen` … `uVolume`. If most rows have only the other prices, which are
/// split-adjusted, the basis is split-adjusted. A batch, `{"AAPL":{"chart":[…]}}`, must be about one symbol.
package struct IEXExport: DataProvider {
    package enum Subject: String, Sendable { case chart, intraday, splits, dividends, quote }

    package static let name = "iex"
    package var kind: String { subject.rawValue }
    package var bringsOwnActions: Bool { subject == .splits || subject == .dividends }
    package var responseLimit: ResponseLimit { subject == .quote ? .quote : bringsOwnActions ? .actions : .bars }
    package static let traits = ProviderTraits(
        close: .splitAdjusted, symbols: SymbolRules(lacks: [.index, .currencies, .crypto]))

    private static let quoteMembers = QuoteMembers(
        price: ["latestPrice", "close"], open: "open", high: "high", low: "low", previousClose: "previousClose", volume: "latestVolume")

    private let baseURL: String
    private let subject: Subject

    /// `baseURL` is a folder that serves the exported files.
    package init(baseURL: String = "http://127.0.0.1", subject: Subject = .chart) {
        self.baseURL = baseURL
        self.subject = subject
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        ProviderRequest(url: "\(baseURL)/stock/\(PercentEncoding.encode(symbol))/\(subject.rawValue)")
    }

    /// The rows of a list, or the one row of `previous` and `quote`. Errors were plain text.
    package func payload(of response: RawResponse) throws(ProviderError) -> [JSONView] {
        let json = try response.json()
        guard let rows = try batched(json) ?? json.elements ?? json.members.map({ $0.isEmpty ? [] : [json] }) else {
            throw response.malformed("no rows")
        }
        guard !rows.isEmpty else { throw ProviderError(.emptyRange, "no rows") }
        return rows
    }

    /// The rows of a batch about one symbol; nil for a body that is no batch.
    private func batched(_ json: JSONView) throws(ProviderError) -> [JSONView]? {
        let names = subject == .intraday ? ["intraday-prices", "intraday"] : subject == .chart ? ["chart", "previous"] : [kind]
        guard let members = json.members else { return nil }
        let lists = members.compactMap { member in
            names.lazy.compactMap { member.value[$0] }.first.map { (symbol: member.key, rows: $0) }
        }
        guard let list = lists.first, lists.count == members.count else { return nil }
        guard lists.count == 1 else {
            let symbols = lists.prefix(10).map(\.symbol).joined(separator: ", ")
            throw ProviderError(.malformed, "a batch of \(symbols): upload each symbol in a file of its own")
        }
        return list.rows.elements ?? (list.rows.members?.isEmpty == false ? [list.rows] : [])
    }

    package func parse(_ rows: [JSONView], calendar: TradingCalendar?, asOf: Instant) throws(ProviderError) -> ParsedResponse {
        switch subject {
        case .chart: chart(rows, calendar, asOf)
        case .intraday: intraday(rows)
        case .quote: try quote(rows[0])
        case .splits, .dividends: actions(rows)
        }
    }

    private func chart(_ rows: [JSONView], _ calendar: TradingCalendar?, _ asOf: Instant) -> ParsedResponse {
        let unadjusted = IEXUnadjustedRows(rows)
        var bars = DailyBarCollector(calendar: calendar)
        for (ordinal, row) in rows.enumerated() {
            let stamp = row["date"]?.string ?? ""
            let session = SessionDate(stamp.prefix(10))
            var fields = unadjusted.fields(ordinal)
            if let repairs = unadjusted.repairs(ordinal) {
                bars.recordRepair(
                    ordinal, session, ValidationRuleName.notAsTraded,
                    "as-traded prices are missing: computed from the plain ones and the rows around",
                    fields.text(stamp), repairs)
                fields = fields.applying(repairs)
            }
            bars.addDaily(fields, stamp: stamp, session: session, ordinal: ordinal, asOf: asOf, zone: MarketTimeZone("America/New_York"))
        }
        return bars.parsedResponse(currency: "USD", basis: unadjusted.areMost ? .asTraded : .splitAdjusted)
    }

    /// Intraday bars of the consolidated prices, or of the IEX exchange's prices in rows without them. The latter are null in a minute
    /// without a trade on that exchange.
    private func intraday(_ rows: [JSONView]) -> ParsedResponse {
        let zone = MarketTimeZone("America/New_York")
        var bars = IntradayBarCollector(zone: zone)
        for (ordinal, row) in rows.enumerated() {
            let stamp = "\(row["date"]?.string ?? "") \(row["minute"]?.string ?? "")"
            let consolidated = BarFields(row, BarNames("marketOpen", "marketHigh", "marketLow", "marketClose", "marketVolume"))
            let fields = consolidated.close == nil ? BarFields(row, .full) : consolidated
            // A minute without a trade.
            if fields.hasNoPrice { continue }
            bars.add(fields, stamp: stamp, start: zone.flatMap { $0.instant(localTime: stamp) }, ordinal: ordinal)
        }
        return bars.parsedResponse(currency: "USD")
    }

    private func quote(_ row: JSONView) throws(ProviderError) -> ParsedResponse {
        guard var quote = Quote(row, Self.quoteMembers) else { throw ProviderError(.malformed, "a quote without a price") }
        quote.time = row["latestUpdate"]?.number.flatMap { Instant(epochSeconds: $0 / 1000) }
        quote.session = quote.time.flatMap { time in MarketTimeZone("America/New_York")?.localDate(at: time) }
        return ParsedResponse(quote: quote, currency: "USD")
    }

    /// Corporate actions. A split's factors take precedence over `ratio` (old for new), which can be rounded or wrong.
    private func actions(_ rows: [JSONView]) -> ParsedResponse {
        var actions = ActionCollector()
        for (ordinal, row) in rows.enumerated() {
            let date = row["exDate"]?.string
            if subject == .dividends {
                let isSpecial = row["flag"]?.string == "Special" || row["frequency"]?.string == "unspecified"
                actions.addDividend(ordinal, date: date, amount: row["amount"]?.number, nature: isSpecial ? .special : .ordinary)
            } else if let to = row["toFactor"]?.number, let from = row["fromFactor"]?.number {
                actions.addSplit(ordinal, date: date, numerator: to, denominator: from)
            } else {
                actions.addSplit(ordinal, date: date, numerator: 1, denominator: row["ratio"]?.number)
            }
        }
        return actions.parsedResponse(currency: rows.first?["currency"]?.string ?? "USD")
    }
}
