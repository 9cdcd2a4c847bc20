import Formats
package import Market

/// Alpha Vantage's daily bars, as JSON or CSV: `TIME_SERIES_DAILY` and `TIME_SERIES_DAILY_ADJUSTED` of shares, `FX_DAILY` and
/// `DIGITAL_CURRENCY_DAILY` of pairs (`EUR/USD`, `BTC/USD`).
///
/// Prices are as traded. The adjusted function adds each session's cash dividend and split coefficient, which become corporate actions;
/// a coefficient that is no ratio of small integers becomes a spin-off. The adjusted close is not read.
package struct AlphaVantageDaily: DataProvider {
    package static let name = AlphaVantage.name

    private let baseURL: String
    package let key: String?
    private let adjusted: Bool
    package var bringsOwnActions: Bool { adjusted }
    package var kind: String { adjusted ? "daily-adjusted" : "daily" }

    /// `baseURL` has no slash at its end. `key` is needed for requests, not for parsing.
    package init(baseURL: String = AlphaVantage.baseURL, key: String?, adjusted: Bool = false) {
        self.baseURL = baseURL
        self.key = key
        self.adjusted = adjusted
    }

    /// Requests the last 100 rows when they reach back to `from`, else all rows, which the provider may reserve for paid plans.
    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let isCompact = from.map { asOf.utcDate.day - $0.day < (symbol.contains("/") ? 100 : 140) } ?? false
        let size = "&outputsize=\(isCompact ? "compact" : "full")&datatype=json"
        let ticker = SymbolSpelling(provider: Self.name)?.ticker(symbol)
        let query =
            switch (ticker?.kind, ticker?.root ?? "", ticker?.part ?? "") {
            case (.currencies, let root, let part): "function=FX_DAILY&from_symbol=\(root)&to_symbol=\(part)\(size)"
            case (.crypto, let root, let part): "function=DIGITAL_CURRENCY_DAILY&symbol=\(root)&market=\(part)&datatype=json"
            default:
                "function=\(adjusted ? "TIME_SERIES_DAILY_ADJUSTED" : "TIME_SERIES_DAILY")&symbol=\(PercentEncoding.encode(symbol))\(size)"
            }
        return AlphaVantage.request(baseURL, query, key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> AlphaVantageTable {
        let table: AlphaVantageTable
        switch try AlphaVantage.body(of: response) {
        case .json(let json):
            guard let read = AlphaVantageTable(json: json) else { throw AlphaVantage.error(json, in: response) }
            table = read
        case .csv(let csv):
            guard let read = AlphaVantageTable(csv: csv) else { throw response.malformed("no daily table") }
            table = read
        }
        // An unknown symbol has no series at all.
        guard !table.rows.isEmpty else { throw ProviderError(.emptyRange, "a series without rows") }
        guard !table.isOfLongerPeriods else { throw ProviderError(.malformed, "rows of weeks or months, not of days") }
        if let (one, other) = table.rowsWithinOneDay {
            throw ProviderError(.malformed, "rows within a day, not of days: \(one) and \(other)")
        }
        return table
    }

    package func parse(_ table: AlphaVantageTable, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        let zone = table.zone.flatMap { MarketTimeZone($0) } ?? calendar?.zone
        var bars = DailyBarCollector(calendar: calendar)
        var actions = ActionCollector()
        for (ordinal, row) in table.rows.enumerated() {
            guard let session = SessionDate(row.stamp.prefix(10)) else {
                bars.reject(ordinal, nil, ValidationRuleName.badDate, "not a date: \(row.stamp)", row.text)
                continue
            }
            let isProvisional = AlphaVantageDaily.isProvisional(
                session, refreshed: table.refreshed, zone: zone, calendar: calendar, asOf: asOf)
            let raw = RawBar(
                session: session, open: row.fields.open, high: row.fields.high, low: row.fields.low,
                close: row.fields.close, volume: table.hasVolumes ? row.fields.volume : 0)
            bars.add(raw, ordinal: ordinal, isProvisional: isProvisional, text: { row.text }) { values in
                values.bar(volume: values.volume) { Price($0) }
            }
            actions.add(ordinal, splitFactor: row.splitFactor, dividend: row.dividend, on: session)
        }
        return bars.parsedResponse(actions: actions, currency: table.currency)
    }

    /// Whether a session had not closed by `asOf`, or `Last Refreshed` has a clock time of that session before its close.
    private static func isProvisional(
        _ session: SessionDate, refreshed: String?, zone: MarketTimeZone?, calendar: TradingCalendar?, asOf: Instant
    ) -> Bool {
        if let calendar, calendar.close(of: session) > asOf { return true }
        guard let refreshed, refreshed.utf8.count >= 16, refreshed.hasPrefix(session.description) else {
            return calendar == nil && (zone?.localDate(at: asOf) ?? asOf.utcDate) <= session
        }
        guard let calendar, let zone, let instant = zone.instant(localTime: refreshed) else { return true }
        return instant < calendar.close(of: session)
    }
}
