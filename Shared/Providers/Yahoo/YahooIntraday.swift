package import Market

/// Yahoo's chart v8 at minutes or hours, split-adjusted as all of its prices are; a live last row carries the time of its last trade.
package struct YahooIntraday: DataProvider {
    package static let name = "yahoo"
    package var kind: String { "chart-" + interval }
    package let reportsActions = false

    private let daily: YahooChart
    private let interval: String

    /// `interval` is the provider's word: 1m, 2m, 5m, 15m, 60m, 1h. Its 30m answers have been wrong: ask for 15m.
    package init(baseURL: String = "https://query1.finance.yahoo.com", interval: String = "5m") {
        daily = YahooChart(baseURL: baseURL)
        self.interval = interval
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? asOf.utcDate.advanced(by: -5)
        return daily.request(symbol: symbol, from: start, asOf: asOf, interval: interval)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { (body, false) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try result(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let result = try result(body, status: status, headers: [])
        let meta = result["meta"]
        let (zone, oddity) = try YahooChart.zone(meta, calendar)
        let unit = CurrencyUnit(label: meta?["currency"]?.string)
        var rows = IntradayBarCollector(zone: zone, unit: unit)
        let quote = result["indicators"]?["quote"]?.first
        let columns = ["open", "high", "low", "close", "volume"].map { quote?[$0]?.numbers ?? [] }
        for (ordinal, stamp) in (result["timestamp"]?.numbers ?? []).enumerated() {
            let values = columns.map { $0.value(ordinal) }
            let fields = BarFields(open: values[0], high: values[1], low: values[2], close: values[3], volume: values[4])
            // A minute in which nothing traded is a row of nulls.
            if [fields.open, fields.high, fields.low, fields.close].allSatisfy({ $0 == nil }) { continue }
            rows.add(fields, stamp: "\(stamp)", start: Instant(ofEpoch: stamp), ordinal: ordinal)
        }
        var answer = rows.parsedResponse(currency: unit.code)
        if let oddity { answer.flaggedRows.insert(oddity, at: 0) }
        return answer
    }

    private func result(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> JSONValue {
        try YahooChart.result(body, status: status, headers: headers) { $0.hasSuffix("m") || $0.hasSuffix("h") }
    }
}
