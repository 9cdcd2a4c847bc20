package import Market

/// Alpha Vantage's `TIME_SERIES_INTRADAY`, as JSON or CSV: newest first, as traded, labelled by the start in the exchange's zone.
package struct AlphaVantageIntraday: DataProvider {
    package static let name = "alphavantage"
    package var kind: String { "intraday-\(minutes)min" }
    package let reportsActions = false

    private let baseURL: String
    private let key: String?
    private let minutes: Int

    /// `minutes` is 1, 5, 15, 30 or 60.
    package init(baseURL: String = "https://www.alphavantage.co", key: String?, minutes: Int = 5) {
        self.baseURL = baseURL
        self.key = key
        self.minutes = minutes
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let query =
            "function=TIME_SERIES_INTRADAY&symbol=\(percentEncoded(symbol))&interval=\(minutes)min&adjusted=false&extended_hours=false"
            + "&outputsize=\(from == nil ? "compact" : "full")&datatype=json"
        return AlphaVantage.request(baseURL, query, key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try table(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let table = try table(body, status: status, headers: [])
        let zone = table.zone.flatMap { Zone($0) } ?? calendar?.zone ?? Zone("America/New_York")
        var rows = IntradayBarCollector(zone: zone)
        for (ordinal, row) in table.rows.enumerated() {
            let fields = BarFields(
                open: row.number("open"), high: row.number("high"), low: row.number("low"), close: row.number("close"),
                volume: row.number("volume"))
            rows.add(fields, stamp: row.stamp, start: zone.flatMap { $0.instant(localTime: row.stamp) }, ordinal: ordinal)
        }
        return rows.parsedResponse(currency: nil)
    }

    private func table(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> AlphaVantageTable {
        switch try AlphaVantage.body(body, status: status, headers: headers, key: key) {
        case .json(let json):
            guard let table = AlphaVantageTable(json: json, series: { $0.hasPrefix("Time Series ") && $0.hasSuffix("min)") }) else {
                throw AlphaVantage.refusal(json, key: key)
            }
            guard !table.rows.isEmpty else { throw ProviderError(.emptyRange, "a series without rows") }
            return table
        case .csv:
            guard let table = AlphaVantageTable(csv: body), (table.rows.first?.stamp.utf8.count ?? 19) > 10 else {
                throw ProviderError(.malformed, "no intraday table: \(ProviderError.excerpt(body, key: key))")
            }
            return table
        }
    }
}
