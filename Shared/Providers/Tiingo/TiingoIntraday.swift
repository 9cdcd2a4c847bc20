import Formats
package import Market

/// Tiingo's intraday bars of the IEX exchange alone (a few percent of all volume), stamped in UTC. The volume has to be requested by name.
package struct TiingoIntraday: DataProvider {
    package static let name = Tiingo.name
    package var kind: String { "intraday-\(minutes)min" }
    package let bringsOwnActions = false

    private let baseURL: String
    package let key: String?
    private let minutes: Int

    package init(baseURL: String = Tiingo.baseURL, key: String?, minutes: Int = 5) {
        self.baseURL = baseURL
        self.key = key
        self.minutes = minutes
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? asOf.utcDate.advanced(by: -1)
        return Tiingo.request(
            "\(baseURL)/iex/\(PercentEncoding.encode(symbol))/prices?startDate=\(start)&endDate=\(asOf.utcDate)&format=json"
                + "&resampleFreq=\(minutes)min&columns=open,high,low,close,volume", key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> [Tiingo.Row] { try Tiingo.rows(of: response) }

    package func parse(_ rows: [Tiingo.Row], calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        var bars = IntradayBarCollector(zone: calendar?.zone)
        for (ordinal, row) in rows.enumerated() {
            bars.add(row.fields, stamp: row.stamp, start: Instant(row.stamp), ordinal: ordinal)
        }
        return bars.parsedResponse(currency: nil)
    }
}
