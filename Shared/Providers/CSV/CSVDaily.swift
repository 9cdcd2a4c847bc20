import Formats
package import Market

/// A file of daily bars that a user uploads, as traded.
///
/// The header needs a date, open, high, low and close, in any order and among other columns; a volume is optional. `CSVDates` and
/// `WrittenNumber` read dates and numbers as spreadsheets and web sites write them.
package struct CSVDaily: DataProvider {
    package static let name = "csv"
    package let kind = "daily"
    package let bringsOwnActions = false
    package static let traits = ProviderTraits(
        close: .asTraded, symbols: SymbolRules(hasEveryExchange: true))

    private let baseURL: String

    /// `baseURL` is a folder that serves `SYMBOL.csv`.
    package init(baseURL: String = "http://127.0.0.1") { self.baseURL = baseURL }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        ProviderRequest(url: "\(baseURL)/\(PercentEncoding.encode(symbol)).csv")
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> CSVBars { try CSVBars(response.table()) }

    package func parse(_ bars: CSVBars, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        bars.collect(calendar: calendar, asOf: asOf).parsedResponse(currency: nil)
    }
}
