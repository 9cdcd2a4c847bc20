package import Market

/// Finnhub's daily candles, which only paying users may ask: split-adjusted, dated by midnight UTC.
package struct FinnhubCandles: DataProvider {
    package static let name = "finnhub"
    package let kind = "candles-1d"
    package let reportsActions = false

    private let baseURL: String
    private let key: String?

    package init(baseURL: String = "https://finnhub.io", key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = Instant.utcMidnight(from ?? SessionDate(year: 1970, month: 1, day: 2)).seconds
        let url =
            "\(baseURL)/api/v1/stock/candle?symbol=\(percentEncoded(symbol))&resolution=D&from=\(start)&to=\(asOf.seconds)"
        return ProviderRequest(url: url, key: key.map { (name: "X-Finnhub-Token", value: $0) })
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try columns(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let json = try columns(body, status: status, headers: [])
        let columns = ["o", "h", "l", "c", "v"].map { json[$0]?.numbers ?? [] }
        var rows = DailyBarCollector(calendar: calendar)
        for (ordinal, stamp) in (json["t"]?.numbers ?? []).enumerated() {
            let value = { (column: Int) -> Double? in
                ordinal < columns[column].count && !columns[column][ordinal].isNaN ? columns[column][ordinal] : nil
            }
            let fields = BarFields(open: value(0), high: value(1), low: value(2), close: value(3), volume: value(4))
            rows.addDaily(
                fields, stamp: "\(stamp)", session: Instant(ofEpoch: stamp)?.utcDate, ordinal: ordinal, asOf: asOf,
                zone: Zone("America/New_York"))
        }
        return rows.parsedResponse(currency: nil, basis: .splitAdjusted)
    }

    private func columns(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> JSONValue {
        let json = try JSONResponse.value(body, status: status, headers: headers, key: key, messages: ["error"])
        if json["s"]?.string == "no_data" { throw ProviderError(.emptyRange, "no_data: nothing in the range, or an unknown symbol") }
        guard let stamps = json["t"]?.numbers else {
            throw ProviderError(.malformed, "no candles: \(ProviderError.excerpt(body, key: key))")
        }
        guard !stamps.isEmpty else { throw ProviderError(.emptyRange, "no candles in the range") }
        return json
    }
}
