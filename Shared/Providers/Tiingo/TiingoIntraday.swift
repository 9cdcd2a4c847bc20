package import Market

/// Tiingo's intraday bars of the IEX exchange alone (a few percent of the volume), stamped in UTC; volume only because it is asked for.
package struct TiingoIntraday: DataProvider {
    package static let name = "tiingo"
    package var kind: String { "intraday-\(minutes)min" }
    package let reportsActions = false

    private let baseURL: String
    private let key: String?
    private let minutes: Int

    package init(baseURL: String = "https://api.tiingo.com", key: String?, minutes: Int = 5) {
        self.baseURL = baseURL
        self.key = key
        self.minutes = minutes
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? asOf.utcDate.advanced(by: -1)
        let url =
            "\(baseURL)/iex/\(percentEncoded(symbol))/prices?startDate=\(start)&endDate=\(asOf.utcDate)&format=json&resampleFreq=\(minutes)min"
            + "&columns=open,high,low,close,volume"
        return ProviderRequest(url: url, key: key.map { (name: "Authorization", value: "Token " + $0) })
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try Tiingo.rows(body, status: status, headers: headers, key: key) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        var rows = IntradayBarCollector(zone: calendar?.zone)
        for (ordinal, row) in try Tiingo.rows(body, status: status, headers: [], key: key).enumerated() {
            rows.add(row.fields, stamp: row.stamp, start: Instant(row.stamp), ordinal: ordinal)
        }
        return rows.parsedResponse(currency: nil)
    }
}
