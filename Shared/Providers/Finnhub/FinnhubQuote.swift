import Formats
package import Market

/// Finnhub's quote, which a free key may request. The quote of an unknown symbol is all zeros.
package struct FinnhubQuote: DataProvider {
    package static let name = Finnhub.name
    package let kind = "quote"
    package let bringsOwnActions = false
    package let responseLimit = ResponseLimit.quote

    private static let members = QuoteMembers(price: ["c"], open: "o", high: "h", low: "l", previousClose: "pc")

    private let baseURL: String
    package let key: String?

    package init(baseURL: String = Finnhub.baseURL, key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        Finnhub.request("\(baseURL)/api/v1/quote?symbol=\(PercentEncoding.encode(symbol))", key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> Quote {
        let json = try response.json(errorMembers: ["error"])
        guard json["c"] != nil else { throw response.malformed("a quote without a price") }
        guard var quote = Quote(json, Self.members) else { throw ProviderError(.unknownSymbol, "a quote without a positive price") }
        quote.time = json["t"]?.number.flatMap { Instant(epochSeconds: $0) }
        return quote
    }

    package func parse(_ payload: Quote, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        var quote = payload
        quote.session = quote.time.flatMap { time in (calendar?.zone ?? MarketTimeZone("America/New_York"))?.localDate(at: time) }
        return ParsedResponse(quote: quote, currency: nil)
    }
}
