import Formats
package import Market

/// Alpha Vantage's `SPLITS` and `DIVIDENDS`, as JSON or CSV.
///
/// Alpha Vantage lists spin-offs as splits. A factor that is no ratio of small integers (IBM 2021-11-04: 1.0460) becomes a spin-off.
package struct AlphaVantageActions: DataProvider {
    package enum Subject: String, Sendable { case splits, dividends }

    package static let name = AlphaVantage.name
    package var kind: String { subject.rawValue }
    package let bringsOwnActions = true
    package let responseLimit = ResponseLimit.actions

    private let baseURL: String
    package let key: String?
    private let subject: Subject

    package init(baseURL: String = AlphaVantage.baseURL, key: String?, subject: Subject) {
        self.baseURL = baseURL
        self.key = key
        self.subject = subject
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        AlphaVantage.request(
            baseURL, "function=\(subject.rawValue.uppercased())&symbol=\(PercentEncoding.encode(symbol))&datatype=json", key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> [(date: String?, value: Double?)] {
        let (dateName, valueName) = subject == .splits ? ("effective_date", "split_factor") : ("ex_dividend_date", "amount")
        switch try AlphaVantage.body(of: response) {
        case .json(let json):
            guard let rows = json["data"]?.elements else { throw AlphaVantage.error(json, in: response) }
            if let row = rows.first, row[dateName] == nil { throw ProviderError(.malformed, "no \(subject.rawValue)") }
            return rows.map { ($0[dateName]?.string, $0[valueName]?.number) }
        case .csv(let table):
            let flat = { (name: String) in name.filter { $0 != "_" } }
            guard let date = table.column(flat(dateName)), let value = table.column(flat(valueName)) else {
                throw response.malformed("no \(subject.rawValue)")
            }
            return (0..<table.count).map { (table.text($0, date), table.number($0, value)) }
        }
    }

    package func parse(_ rows: [(date: String?, value: Double?)], calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        var actions = ActionCollector()
        for (ordinal, row) in rows.enumerated() {
            if subject == .dividends {
                actions.addDividend(ordinal, date: row.date, amount: row.value)
            } else {
                let isRatio = row.value.map { SplitFactors.isRatioOfSmallIntegers($0) } ?? true
                actions.addSplit(ordinal, date: row.date, numerator: row.value, denominator: 1, nature: isRatio ? .ordinary : .spinOff)
            }
        }
        return actions.parsedResponse(currency: nil)
    }
}
