package import Market

/// Twelve Data's quote of one symbol.
package struct TwelveDataQuote: DataProvider {
    package static let name = "twelvedata"
    package let kind = "quote"
    package let reportsActions = false

    private let baseURL: String
    private let key: String?

    package init(baseURL: String = "https://api.twelvedata.com", key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        TwelveData.request("\(baseURL)/quote?symbol=\(percentEncoded(symbol))", key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try price(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let (json, price) = try price(body, status: status, headers: [])
        let unit = CurrencyUnit(label: json["currency"]?.string)
        let field = { (name: String) in json[name]?.number.map { unit.inMajorUnits(Price($0)) } }
        var quote = Quote(price: unit.inMajorUnits(Price(price)))
        (quote.open, quote.high, quote.low) = (field("open"), field("high"), field("low"))
        quote.previousClose = field("previous_close")
        quote.volume = json["volume"]?.number
        quote.session = json["datetime"]?.string.flatMap { SessionDate($0.prefix(10)) }
        quote.time = (json["last_quote_at"]?.number ?? json["timestamp"]?.number).flatMap { Instant(ofEpoch: $0) }
        var answer = ParsedResponse(currency: unit.code)
        answer.quote = quote
        return answer
    }

    private func price(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> (JSONValue, Double) {
        let json = try TwelveData.value(body, status: status, headers: headers, key: key)
        guard let price = json["close"]?.number ?? json["price"]?.number, price > 0 else {
            throw ProviderError(.malformed, "a quote without a price: \(ProviderError.excerpt(body, key: key))")
        }
        return (json, price)
    }
}

extension Instant {
    /// Of seconds since 1970; nil beyond any date that prices have.
    init?(ofEpoch seconds: Double) {
        guard abs(seconds) < 1e11 else { return nil }
        self.init(microseconds: Int64(seconds * 1e6))
    }
}
