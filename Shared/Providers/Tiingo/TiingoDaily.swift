import Formats
package import Market

/// Tiingo's end-of-day prices, as JSON or CSV: as traded, each row with its cash dividend and split factor.
///
/// Spin-offs are split factors that are no ratio of small integers. The `adj…` columns are not read. Currency pairs, which have no
/// volume, and crypto pairs have their own addresses.
package struct TiingoDaily: DataProvider {
    package static let name = Tiingo.name
    package let kind = "daily"
    package let bringsOwnActions = true

    private let baseURL: String
    package let key: String?

    /// `baseURL` has no slash at its end. `key` is needed for requests, not for parsing.
    package init(baseURL: String = Tiingo.baseURL, key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from?.description ?? "1962-01-01"
        let range = "startDate=\(start)&endDate=\(asOf.utcDate)&format=json&resampleFreq="
        let name = PercentEncoding.encode(symbol)
        let url =
            switch SymbolSpelling(provider: Self.name)?.ticker(symbol)?.kind {
            case .currencies: "\(baseURL)/tiingo/fx/\(name.lowercased())/prices?\(range)1day"
            case .crypto: "\(baseURL)/tiingo/crypto/prices?tickers=\(name.lowercased())&\(range)1day"
            default: "\(baseURL)/tiingo/daily/\(name)/prices?\(range)daily"
            }
        return Tiingo.request(url, key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> [Tiingo.Row] { try Tiingo.rows(of: response) }

    package func parse(_ rows: [Tiingo.Row], calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        var bars = DailyBarCollector(calendar: calendar)
        var actions = ActionCollector()
        // A pair of currencies has no volume. Of a share, one row without a volume lacks it; several rows come without the column.
        let isPair = rows.allSatisfy { $0.cash == nil && $0.ratio == nil }
        let hasVolumes = rows.contains { $0.fields.volume != nil }
        let lacksVolumes = !hasVolumes && (isPair || rows.count > 1)
        for (ordinal, row) in rows.enumerated() {
            let session = SessionDate(row.stamp.prefix(10))
            var fields = row.fields
            if lacksVolumes { fields.volume = 0 }
            bars.addDaily(fields, stamp: row.stamp, session: session, ordinal: ordinal, asOf: asOf, zone: calendar?.zone)
            if let session { actions.add(ordinal, splitFactor: row.ratio, dividend: row.cash, on: session) }
        }
        if lacksVolumes, !isPair, let last = rows.last {
            bars.recordMissingVolumes(
                of: rows.count, last: rows.count - 1, SessionDate(last.stamp.prefix(10)), last.fields.text(last.stamp))
        }
        return bars.parsedResponse(actions: actions, currency: nil)
    }
}
