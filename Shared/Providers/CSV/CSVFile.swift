package import Market

/// A plain file of daily bars that somebody hands in, as traded: a header with a date, open, high, low, close and maybe a volume, in any
/// order and beside other columns, as spreadsheets and web sites write it (`CSVTable`, `CSVDates`, `WrittenNumber`).
package struct CSVFile: DataProvider {
    package static let name = "csv"
    package let kind = "daily"
    package let reportsActions = false
    package static let traits = ProviderTraits(
        close: .asTraded, order: .oldestFirst, stamp: .exchangeDate, key: .none, suggested: ProviderLimits())

    private let baseURL: String

    /// `baseURL` is a folder that serves `SYMBOL.csv`.
    package init(baseURL: String = "http://127.0.0.1") { self.baseURL = baseURL }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        ProviderRequest(url: "\(baseURL)/\(percentEncoded(symbol)).csv", key: nil)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { (body, false) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try bars(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        try bars(body, status: status, headers: []).rows(calendar: calendar, asOf: asOf).parsedResponse(currency: nil)
    }

    private func bars(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> CSVBars {
        try CSVBars(CSVResponse.table(body, status: status, headers: headers))
    }
}
