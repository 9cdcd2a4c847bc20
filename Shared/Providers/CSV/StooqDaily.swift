package import Market

/// Stooq's daily CSV files: adjusted for splits and dividends, with an English or a Polish header, or the one in brackets of its
/// files in bulk, and at times without volumes.
///
/// Since July 2026 the site turns programs away, so that this is a form of import more than a source.
package struct StooqDaily: DataProvider {
    package static let name = "stooq"
    package let kind = "daily"
    package let reportsActions = false
    package static let traits = ProviderTraits(
        close: .totalReturn, order: .oldestFirst, stamp: .exchangeDate, key: .none, suggested: ProviderLimits(perMinute: 10))

    private let baseURL: String

    package init(baseURL: String = "https://stooq.com") { self.baseURL = baseURL }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let compact = { (date: SessionDate) in date.description.filter { $0 != "-" } }
        let range = from.map { "&d1=\(compact($0))&d2=\(compact(asOf.utcDate))" } ?? ""
        return ProviderRequest(url: "\(baseURL)/q/d/l/?s=\(percentEncoded(symbol))&i=d\(range)", key: nil)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { (body, false) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try bars(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        try bars(body, status: status, headers: []).rows(calendar: calendar, asOf: asOf).parsedResponse(currency: nil, basis: .totalReturn)
    }

    private func bars(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> CSVBars {
        try CSVBars(CSVResponse.table(body, status: status, headers: headers))
    }
}
