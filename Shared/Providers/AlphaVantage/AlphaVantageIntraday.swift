import Formats
package import Market

/// Alpha Vantage's `TIME_SERIES_INTRADAY`, as JSON or CSV: newest first, as traded, labelled by the start in the exchange's time zone.
package struct AlphaVantageIntraday: DataProvider {
    package static let name = AlphaVantage.name
    package var kind: String { "intraday-\(minutes)min" }
    package let bringsOwnActions = false

    private let baseURL: String
    package let key: String?
    private let minutes: Int

    /// `minutes` is 1, 5, 15, 30 or 60.
    package init(baseURL: String = AlphaVantage.baseURL, key: String?, minutes: Int = 5) {
        self.baseURL = baseURL
        self.key = key
        self.minutes = minutes
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let query =
            "function=TIME_SERIES_INTRADAY&symbol=\(PercentEncoding.encode(symbol))&interval=\(minutes)min&adjusted=false&extended_hours=false"
            + "&outputsize=\(from == nil ? "compact" : "full")&datatype=json"
        return AlphaVantage.request(baseURL, query, key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> AlphaVantageTable {
        switch try AlphaVantage.body(of: response) {
        case .json(let json):
            guard let table = AlphaVantageTable(json: json, series: { $0.hasPrefix("Time Series ") && $0.hasSuffix("min)") }) else {
                throw AlphaVantage.error(json, in: response)
            }
            guard !table.rows.isEmpty else { throw ProviderError(.emptyRange, "a series without rows") }
            return table
        case .csv(let csv):
            guard let table = AlphaVantageTable(csv: csv), (table.rows.first?.stamp.utf8.count ?? 19) > 10 else {
                throw response.malformed("no intraday table")
            }
            return table
        }
    }

    package func parse(_ table: AlphaVantageTable, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        let zone = table.zone.flatMap { MarketTimeZone($0) } ?? calendar?.zone ?? MarketTimeZone("America/New_York")
        var bars = IntradayBarCollector(zone: zone)
        for (ordinal, row) in table.rows.enumerated() {
            bars.add(row.fields, stamp: row.stamp, start: zone.flatMap { $0.instant(localTime: row.stamp) }, ordinal: ordinal)
        }
        return bars.parsedResponse(currency: nil)
    }
}
