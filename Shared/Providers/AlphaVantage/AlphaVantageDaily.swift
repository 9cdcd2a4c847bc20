package import Market

/// Alpha Vantage's `TIME_SERIES_DAILY` and `TIME_SERIES_DAILY_ADJUSTED`, as JSON or CSV; of pairs (`EUR/USD`, `BTC/USD`) `FX_DAILY` and
/// `DIGITAL_CURRENCY_DAILY`.
///
/// What it sends: prices as traded; the adjusted function adds each session's cash dividend and split coefficient (spin-offs
/// included, as ratios that need not be of small integers), which become corporate actions. Its adjusted close is not read.
package struct AlphaVantageDaily: DataProvider {
    package static let name = "alphavantage"

    private let baseURL: String
    private let key: String?
    private let adjusted: Bool
    package var reportsActions: Bool { adjusted }

    /// `baseURL` without a slash at its end. `key` is needed for requests and redaction, not for parsing.
    package init(baseURL: String = "https://www.alphavantage.co", key: String?, adjusted: Bool = false) {
        self.baseURL = baseURL
        self.key = key
        self.adjusted = adjusted
    }

    package var kind: String { adjusted ? "daily-adjusted" : "daily" }

    /// Asks for the last 100 rows when they reach back to `from`, else for all (which the provider may keep for paying users).
    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let isCompact = from.map { asOf.utcDate.day - $0.day < (symbol.contains("/") ? 100 : 140) } ?? false
        let size = "&outputsize=\(isCompact ? "compact" : "full")&datatype=json"
        let ticker = SymbolSpelling(provider: Self.name)?.ticker(symbol)
        let query =
            switch (ticker?.kind, ticker?.root ?? "", ticker?.part ?? "") {
            case (.currencies, let root, let part): "function=FX_DAILY&from_symbol=\(root)&to_symbol=\(part)\(size)"
            case (.crypto, let root, let part): "function=DIGITAL_CURRENCY_DAILY&symbol=\(root)&market=\(part)&datatype=json"
            default:
                "function=\(adjusted ? "TIME_SERIES_DAILY_ADJUSTED" : "TIME_SERIES_DAILY")&symbol=\(percentEncoded(symbol))\(size)"
            }
        return AlphaVantage.request(baseURL, query, key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        do throws(ProviderError) {
            _ = try table(body, status: status, headers: headers)
            return nil
        } catch {
            return error
        }
    }

    /// The rows of either form, or why there are none.
    func table(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> AlphaVantageTable {
        let table: AlphaVantageTable
        switch try AlphaVantage.body(body, status: status, headers: headers, key: key) {
        case .json(let json):
            guard let read = AlphaVantageTable(json: json) else { throw AlphaVantage.refusal(json, key: key) }
            table = read
        case .csv:
            guard let read = AlphaVantageTable(csv: body) else {
                throw ProviderError(.malformed, "no daily table: \(ProviderError.excerpt(body, key: key))")
            }
            table = read
        }
        // An unknown symbol has no series at all.
        guard !table.rows.isEmpty else { throw ProviderError(.emptyRange, "a series without rows") }
        guard !table.isOfLongerPeriods else { throw ProviderError(.malformed, "rows of weeks or months, not of days") }
        if let (one, other) = table.partsOfOneDay {
            throw ProviderError(.malformed, "rows within a day, not of days: \(one) and \(other)")
        }
        return table
    }
}
