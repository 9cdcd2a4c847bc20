package import Formats
package import Market

/// Yahoo's chart v8 at minutes or hours, adjusted for splits. A live last row carries the time of its last trade.
package struct YahooIntraday: DataProvider {
    package static let name = Yahoo.name
    package var kind: String { "chart-" + interval }
    package let bringsOwnActions = false

    private let baseURL: String
    private let interval: String

    /// `interval` is the provider's name of it: 1m, 2m, 5m, 15m, 60m, 1h. Responses of 30m have been wrong: use 15m.
    package init(baseURL: String = Yahoo.baseURL, interval: String = "5m") {
        self.baseURL = baseURL
        self.interval = interval
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? asOf.utcDate.advanced(by: -5)
        return Yahoo.request(baseURL, symbol: symbol, from: start, asOf: asOf, interval: interval)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> JSONView {
        try Yahoo.chart(in: response) { $0.hasSuffix("m") || $0.hasSuffix("h") }
    }

    package func parse(_ chart: JSONView, calendar: TradingCalendar?, asOf: Instant) throws(ProviderError) -> ParsedResponse {
        let (zone, flag) = try Yahoo.zone(of: chart, calendar)
        let unit = CurrencyUnit(label: chart["meta"]?["currency"]?.string)
        var bars = IntradayBarCollector(zone: zone, unit: unit)
        let columns = Yahoo.columns(of: chart)
        for (ordinal, stamp) in (chart["timestamp"]?.numbers ?? []).enumerated() {
            let fields = BarFields(columns, ordinal)
            // A minute without a trade is a row of nulls.
            if fields.hasNoPrice { continue }
            bars.add(fields, stamp: "\(stamp)", start: Instant(epochSeconds: stamp), ordinal: ordinal)
        }
        var response = bars.parsedResponse(currency: unit.code)
        if let flag { response.flaggedRows.insert(flag, at: 0) }
        return response
    }
}
