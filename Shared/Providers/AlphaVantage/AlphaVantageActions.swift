package import Market

/// Alpha Vantage's `SPLITS` and `DIVIDENDS`, as JSON or CSV. Spin-offs stand among the splits, with factors that are no ratio of small
/// integers (IBM 2021-11-04: 1.0460): those are marked as spin-offs.
package struct AlphaVantageActions: DataProvider {
    package enum Subject: String, Sendable { case splits, dividends }

    package static let name = "alphavantage"
    package var kind: String { subject.rawValue }

    private let baseURL: String
    private let key: String?
    private let subject: Subject

    package init(baseURL: String = "https://www.alphavantage.co", key: String?, subject: Subject) {
        self.baseURL = baseURL
        self.key = key
        self.subject = subject
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        AlphaVantage.request(baseURL, "function=\(subject.rawValue.uppercased())&symbol=\(percentEncoded(symbol))&datatype=json", key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try lines(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        var rows = ActionCollector()
        for (ordinal, line) in try lines(body, status: status, headers: []).enumerated() {
            if subject == .dividends {
                rows.addDividend(ordinal, date: line.date, amount: line.value)
            } else {
                let isRatio = line.value.map { SplitFactors.isRatioOfSmallIntegers($0) } ?? true
                rows.addSplit(ordinal, date: line.date, numerator: line.value, denominator: 1, nature: isRatio ? .ordinary : .spinOff)
            }
        }
        return rows.parsedResponse(currency: nil)
    }

    private func lines(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> [(date: String?, value: Double?)] {
        let (dated, valued) = subject == .splits ? ("effective_date", "split_factor") : ("ex_dividend_date", "amount")
        switch try AlphaVantage.body(body, status: status, headers: headers, key: key) {
        case .json(let json):
            guard let rows = json["data"]?.elements else { throw AlphaVantage.refusal(json, key: key) }
            if let row = rows.first, row[dated] == nil { throw ProviderError(.malformed, "no \(subject.rawValue)") }
            return rows.map { ($0[dated]?.string, $0[valued]?.number) }
        case .csv(let table):
            let flat = { (name: String) in name.filter { $0 != "_" } }
            guard let date = table.column(flat(dated)), let value = table.column(flat(valued)) else {
                throw ProviderError(.malformed, "no \(subject.rawValue): \(ProviderError.excerpt(body, key: key))")
            }
            return (0..<table.count).map { (table.text($0, date), table.number($0, value)) }
        }
    }
}
