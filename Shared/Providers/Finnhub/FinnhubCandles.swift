package import Formats
package import Market

/// Finnhub's daily candles, for paid plans only: split-adjusted, dated by midnight UTC.
package struct FinnhubCandles: DataProvider {
    package static let name = Finnhub.name
    package let kind = "candles-1d"
    package let bringsOwnActions = false

    private let baseURL: String
    package let key: String?

    package init(baseURL: String = Finnhub.baseURL, key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = Instant.utcMidnight(from ?? SessionDate(year: 1970, month: 1, day: 2)).seconds
        return Finnhub.request(
            "\(baseURL)/api/v1/stock/candle?symbol=\(PercentEncoding.encode(symbol))&resolution=D&from=\(start)&to=\(asOf.seconds)",
            key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> JSONView {
        let json = try response.json(errorMembers: ["error"])
        if json["s"]?.string == "no_data" { throw ProviderError(.emptyRange, "no_data: nothing in the range, or an unknown symbol") }
        guard let stamps = json["t"]?.numbers else { throw response.malformed("no candles") }
        guard !stamps.isEmpty else { throw ProviderError(.emptyRange, "no candles in the range") }
        return json
    }

    package func parse(_ json: JSONView, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        let columns = ["o", "h", "l", "c", "v"].map { json[$0]?.numbers ?? [] }
        var bars = DailyBarCollector(calendar: calendar)
        for (ordinal, stamp) in (json["t"]?.numbers ?? []).enumerated() {
            bars.addDaily(
                BarFields(columns, ordinal), stamp: "\(stamp)", session: Instant(epochSeconds: stamp)?.utcDate, ordinal: ordinal,
                asOf: asOf, zone: MarketTimeZone("America/New_York"))
        }
        return bars.parsedResponse(currency: nil, basis: .splitAdjusted)
    }
}
