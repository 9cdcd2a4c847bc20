package import Formats
package import Market

@testable package import Providers

/// Toy's daily prices, as traded, with the splits and dividends of the range:
///
/// ```json
/// {"currency": "GBp",
///  "prices": [{"date": "2012-01-03", "open": 10, "high": 11, "low": 9, "close": 10.5, "volume": 100}],
///  "splits": [{"date": "2012-01-03", "new": 2, "old": 1}],
///  "dividends": [{"date": "2012-01-04", "amount": 12.5}]}
/// ```
package struct ToyDaily: DataProvider {
    package static let name = "toy"
    package static let traits = ProviderTraits(
        close: .asTraded, limits: ProviderLimits(perMinute: 30, perDay: 500), symbols: SymbolRules(suffixes: ["XLON": ".L"]))
    package let kind = "daily"
    package let bringsOwnActions = true
    package let key: String?
    private let baseURL: String

    package init(baseURL: String? = nil, key: String?) {
        self.baseURL = baseURL ?? "https://api.toy.example"
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? SessionDate(year: 1990, month: 1, day: 2)
        return ProviderRequest(
            url: "\(baseURL)/prices?symbol=\(PercentEncoding.encode(symbol))&from=\(start)&to=\(asOf.utcDate)",
            keyHeader: key.map { (name: "X-Toy-Key", value: $0) })
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> JSONView {
        let json = try response.json()
        guard let prices = json["prices"]?.elements else { throw response.malformed("no list of prices") }
        guard !prices.isEmpty else { throw ProviderError(.emptyRange, "no prices in the range") }
        return json
    }

    package func parse(_ json: JSONView, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        let unit = CurrencyUnit(label: json["currency"]?.string)
        let (prices, splits) = (json["prices"]?.elements ?? [], json["splits"]?.elements ?? [])
        var bars = DailyBarCollector(calendar: calendar)
        for (ordinal, row) in prices.enumerated() {
            let date = row["date"]?.string ?? ""
            bars.addDaily(
                BarFields(row, .full), stamp: date, session: SessionDate(date), ordinal: ordinal, asOf: asOf, zone: calendar?.zone,
                unit: unit)
        }
        var actions = ActionCollector(unit: unit)
        for (index, row) in splits.enumerated() {
            actions.addSplit(
                prices.count + index, date: row["date"]?.string, numerator: row["new"]?.number, denominator: row["old"]?.number)
        }
        for (index, row) in (json["dividends"]?.elements ?? []).enumerated() {
            actions.addDividend(prices.count + splits.count + index, date: row["date"]?.string, amount: row["amount"]?.number)
        }
        return bars.parsedResponse(actions: actions, currency: unit.code)
    }
}
