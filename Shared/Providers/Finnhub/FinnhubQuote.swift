package import Market

/// Finnhub's quote, the part of it that a free key may ask. An unknown symbol is a quote of zeros.
package struct FinnhubQuote: DataProvider {
    package static let name = "finnhub"
    package let kind = "quote"
    package let reportsActions = false
    package static let traits = ProviderTraits(
        close: .splitAdjusted, order: .oldestFirst, stamp: .midnightUTC, key: .header("X-Finnhub-Token"),
        suggested: ProviderLimits(perMinute: 60, concurrency: 4))

    private let baseURL: String
    private let key: String?

    package init(baseURL: String = "https://finnhub.io", key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        ProviderRequest(
            url: "\(baseURL)/api/v1/quote?symbol=\(percentEncoded(symbol))", key: key.map { (name: "X-Finnhub-Token", value: $0) })
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try price(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let (json, price) = try price(body, status: status, headers: [])
        let field = { (name: String) in json[name]?.number.flatMap { $0 > 0 ? Price($0) : nil } }
        var quote = Quote(price: Price(price))
        (quote.open, quote.high, quote.low, quote.previousClose) = (field("o"), field("h"), field("l"), field("pc"))
        quote.time = json["t"]?.number.flatMap { Instant(ofEpoch: $0) }
        quote.session = quote.time.flatMap { time in (calendar?.zone ?? Zone("America/New_York"))?.localDate(at: time) }
        var answer = ParsedResponse()
        answer.quote = quote
        return answer
    }

    private func price(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> (JSONValue, Double) {
        let json = try JSONResponse.value(body, status: status, headers: headers, key: key, messages: ["error"])
        guard let price = json["c"]?.number else {
            if json["c"] != nil { throw ProviderError(.unknownSymbol, "a quote of nothing") }
            throw ProviderError(.malformed, "a quote without a price: \(ProviderError.excerpt(body, key: key))")
        }
        guard price > 0 else { throw ProviderError(.unknownSymbol, "a quote of zeros") }
        return (json, price)
    }
}
