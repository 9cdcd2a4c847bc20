package import Market

/// Alpha Vantage's `GLOBAL_QUOTE`, as JSON or CSV. An unknown symbol is an empty object.
package struct AlphaVantageQuote: DataProvider {
    package static let name = "alphavantage"
    package let kind = "quote"
    package let reportsActions = false

    private let baseURL: String
    private let key: String?

    package init(baseURL: String = "https://www.alphavantage.co", key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        AlphaVantage.request(baseURL, "function=GLOBAL_QUOTE&symbol=\(percentEncoded(symbol))&datatype=json", key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try quote(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        var answer = ParsedResponse()
        answer.quote = try quote(body, status: status, headers: [])
        return answer
    }

    private func quote(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> Quote {
        let field: (String, String) -> String?
        switch try AlphaVantage.body(body, status: status, headers: headers, key: key) {
        case .json(let json):
            // `Global Quote - DATA DELAYED BY 15 MINUTES` is one, too.
            let named = json.members?.first { $0.key.hasPrefix("Global Quote") }
            guard let row = named?.value, row.members?.isEmpty == false else { throw AlphaVantage.refusal(json, key: key) }
            field = { label, _ in AlphaVantage.field(row, label).flatMap { $0.string ?? $0.number.map { "\($0)" } } }
        case .csv(let table):
            guard table.count > 0, table.column("price") != nil else {
                throw ProviderError(.malformed, "no quote: \(ProviderError.excerpt(body, key: key))")
            }
            field = { _, column in table.column(column).map { table.text(0, $0) } }
        }
        let price = { (label: String, column: String) in field(label, column).flatMap { DecimalText.number($0) }.map { Price($0) } }
        guard let last = price("price", "price"), last > Price(units: 0) else {
            throw ProviderError(.malformed, "a quote without a price")
        }
        var quote = Quote(price: last)
        (quote.open, quote.high, quote.low) = (price("open", "open"), price("high", "high"), price("low", "low"))
        quote.previousClose = price("previous close", "previousclose")
        quote.volume = field("volume", "volume").flatMap { DecimalText.number($0) }
        quote.session = field("latest trading day", "latestday").flatMap { SessionDate($0) }
        return quote
    }
}
