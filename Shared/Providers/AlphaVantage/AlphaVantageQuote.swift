import Formats
package import Market

/// Alpha Vantage's `GLOBAL_QUOTE`, as JSON or CSV. The quote of an unknown symbol is an empty object.
package struct AlphaVantageQuote: DataProvider {
    package static let name = AlphaVantage.name
    package let kind = "quote"
    package let bringsOwnActions = false
    package let responseLimit = ResponseLimit.quote

    private let baseURL: String
    package let key: String?

    package init(baseURL: String = AlphaVantage.baseURL, key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        AlphaVantage.request(baseURL, "function=GLOBAL_QUOTE&symbol=\(PercentEncoding.encode(symbol))&datatype=json", key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> Quote {
        let text: (String) -> String?
        switch try AlphaVantage.body(of: response) {
        case .json(let json):
            // The name may go on: `Global Quote - DATA DELAYED BY 15 MINUTES`.
            let row = json.members?.first { $0.key.hasPrefix("Global Quote") }?.value
            guard let members = row?.members, !members.isEmpty else { throw AlphaVantage.error(json, in: response) }
            text = { label in
                let value = members.first { AlphaVantageTable.label($0.key) == label }?.value
                return value.flatMap { $0.string ?? $0.number.map { "\($0)" } }
            }
        case .csv(let table):
            guard table.count > 0, table.column("price") != nil else { throw response.malformed("no quote") }
            // The column is called latestDay, the JSON member "latest trading day".
            text = { label in table.column(label == "latesttradingday" ? "latestday" : label).map { table.text(0, $0) } }
        }
        let price = { (label: String) in text(label).flatMap { DecimalText.number($0) }.flatMap { Price($0) } }
        guard let last = price("price") else { throw ProviderError(.malformed, "a quote without a price") }
        var quote = Quote(price: last)
        (quote.open, quote.high, quote.low) = (price("open"), price("high"), price("low"))
        quote.previousClose = price("previousclose")
        quote.volume = text("volume").flatMap { DecimalText.number($0) }
        quote.session = text("latesttradingday").flatMap { SessionDate($0) }
        return quote
    }

    package func parse(_ quote: Quote, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        ParsedResponse(quote: quote, currency: nil)
    }
}
