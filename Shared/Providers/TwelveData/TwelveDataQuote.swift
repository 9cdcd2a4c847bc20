import Formats
package import Market

/// Twelve Data's quote of one symbol.
package struct TwelveDataQuote: DataProvider {
    package static let name = TwelveData.name
    package let kind = "quote"
    package let bringsOwnActions = false
    package let responseLimit = ResponseLimit.quote

    private static let members = QuoteMembers(
        price: ["close", "price"], open: "open", high: "high", low: "low", previousClose: "previous_close", volume: "volume")

    private let baseURL: String
    package let key: String?

    package init(baseURL: String = TwelveData.baseURL, key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        TwelveData.request("\(baseURL)/quote?symbol=\(PercentEncoding.encode(symbol))", key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> (quote: Quote, currency: String?) {
        let json = try TwelveData.json(of: response)
        let unit = CurrencyUnit(label: json["currency"]?.string)
        guard var quote = Quote(json, Self.members, unit: unit) else { throw response.malformed("a quote without a price") }
        quote.session = json["datetime"]?.string.flatMap { SessionDate($0.prefix(10)) }
        quote.time = (json["last_quote_at"]?.number ?? json["timestamp"]?.number).flatMap { Instant(epochSeconds: $0) }
        return (quote, unit.code)
    }

    package func parse(
        _ payload: (quote: Quote, currency: String?), calendar: TradingCalendar?, asOf: Instant
    ) -> ParsedResponse {
        ParsedResponse(quote: payload.quote, currency: payload.currency)
    }
}
