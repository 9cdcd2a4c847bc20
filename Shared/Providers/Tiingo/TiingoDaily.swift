package import Market

/// Tiingo's end-of-day prices, as JSON or CSV: as traded, each row with its cash dividend and split factor (spin-offs included, as ratios
/// that are not of small integers). The `adj…` columns are not read. Pairs of currencies, which have no volume, and of crypto are asked
/// for at addresses of their own.
package struct TiingoDaily: DataProvider {
    package static let name = "tiingo"
    package let kind = "daily"
    package static let traits = ProviderTraits(
        close: .asTraded, order: .oldestFirst, stamp: .midnightUTC, key: .header("Authorization"),
        suggested: ProviderLimits(perHour: 50, perDay: 1000))

    private let baseURL: String
    private let key: String?

    /// `baseURL` without a slash at its end. `key` is needed for requests and redaction, not for parsing.
    package init(baseURL: String = "https://api.tiingo.com", key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from?.description ?? "1962-01-01"
        let range = "startDate=\(start)&endDate=\(asOf.utcDate)&format=json&resampleFreq="
        let name = percentEncoded(symbol)
        let url =
            switch SymbolSpelling(provider: Self.name)?.ticker(symbol)?.kind {
            case .currencies: "\(baseURL)/tiingo/fx/\(name.lowercased())/prices?\(range)1day"
            case .crypto: "\(baseURL)/tiingo/crypto/prices?tickers=\(name.lowercased())&\(range)1day"
            default: "\(baseURL)/tiingo/daily/\(name)/prices?\(range)daily"
            }
        return ProviderRequest(url: url, key: key.map { (name: "Authorization", value: "Token " + $0) })
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try Tiingo.rows(body, status: status, headers: headers, key: key) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        var rows = DailyBarCollector(calendar: calendar)
        var actions: [CorporateAction] = []
        let all = try Tiingo.rows(body, status: status, headers: [], key: key)
        let hasVolumes = all.contains { $0.fields.volume != nil }
        // Currencies trade nowhere that could count them. Of shares, each row has a cash dividend and a factor: one row alone lacks its volume,
        // several come without the column.
        let isPair = all.allSatisfy { $0.cash == nil && $0.ratio == nil }
        let isAbsent = !hasVolumes && (isPair || all.count > 1)
        for (ordinal, row) in all.enumerated() {
            let session = SessionDate(row.stamp.prefix(10))
            var fields = row.fields
            if isAbsent { fields.volume = 0 }
            rows.addDaily(
                fields, stamp: row.stamp, session: session, ordinal: ordinal, asOf: asOf, zone: calendar?.zone)
            guard let session else { continue }
            if let split = SplitFactors.action(row.ratio, on: session) { actions.append(split) }
            if let cash = row.cash, cash > 0, cash.isFinite {
                actions.append(CorporateAction(exDate: session, kind: .dividend(Price(cash))))
            }
        }
        if isAbsent, !isPair, let last = all.last {
            rows.recordRepair(
                all.count - 1, SessionDate(last.stamp.prefix(10)), MissingColumns.rule, "\(all.count) rows have no volume: it is zero",
                last.fields.text(last.stamp), [Repair(field: .volume, before: .nan, after: 0)])
        }
        return rows.parsedResponse(actions: actions, currency: nil)
    }
}
