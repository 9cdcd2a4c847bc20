import Formats
package import Market

/// Stooq's daily CSV files: adjusted for splits and dividends, sometimes without volumes. The header is English, Polish or that of the bulk
/// files.
///
/// Since July 2026 the site rejects programs, so the format is used for uploads more than for requests.
package struct StooqDaily: DataProvider {
    package static let name = "stooq"
    package let kind = "daily"
    package let bringsOwnActions = false
    package static let traits = ProviderTraits(
        close: .totalReturn, limits: ProviderLimits(perMinute: 10),
        symbols: SymbolRules(
            classSign: "-",
            suffixes: ["XNYS": ".us", "XLON": ".uk", "XETR": ".de", "XTKS": ".jp", "XHKG": ".hk", "XWAR": "", "XBUD": ".hu"],
            currencies: .init(sign: ""), crypto: .init(sign: "."), isLowerCase: true))

    private let baseURL: String

    package init(baseURL: String = "https://stooq.com") { self.baseURL = baseURL }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let compact = { (date: SessionDate) in date.description.filter { $0 != "-" } }
        let range = from.map { "&d1=\(compact($0))&d2=\(compact(asOf.utcDate))" } ?? ""
        return ProviderRequest(url: "\(baseURL)/q/d/l/?s=\(PercentEncoding.encode(symbol))&i=d\(range)")
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> CSVBars { try CSVBars(response.table()) }

    package func parse(_ bars: CSVBars, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        bars.collect(calendar: calendar, asOf: asOf).parsedResponse(currency: nil, basis: .totalReturn)
    }
}
