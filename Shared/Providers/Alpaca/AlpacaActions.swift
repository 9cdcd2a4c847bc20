package import Market

/// Alpaca's corporate actions: splits, cash and stock dividends, as traded. Of the other kinds (spin-offs and mergers, whose worth it does
/// not tell, and renames, which are facts of their own) each row goes to quarantine.
package struct AlpacaActions: DataProvider {
    package static let name = "alpaca"
    package let hasPages = true
    package let kind = "corporate-actions"

    private let baseURL: String
    private let key: String?

    package init(baseURL: String = "https://data.alpaca.markets", key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? SessionDate(year: 2016, month: 1, day: 1)
        let url =
            "\(baseURL)/v1/corporate-actions?symbols=\(percentEncoded(symbol))&start=\(start)&end=\(asOf.utcDate)&limit=1000&sort=asc"
        return Alpaca.request(url, key: key)
    }

    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        Alpaca.request(request(symbol: symbol, from: from, asOf: asOf).storedURL + "&page_token=\(percentEncoded(page))", key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Alpaca.redacted(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try lists(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let (lists, next) = try lists(body, status: status, headers: [])
        var rows = ActionCollector()
        var ordinal = 0
        for list in lists {
            for row in list.value.elements ?? [] {
                defer { ordinal += 1 }
                let date = row["ex_date"]?.string
                switch list.key {
                case "forward_splits", "reverse_splits":
                    rows.addSplit(ordinal, date: date, numerator: row["new_rate"]?.number, denominator: row["old_rate"]?.number)
                case "cash_dividends":
                    let isSpecial = if case .bool(true)? = row["special"] { true } else { false }
                    rows.addDividend(ordinal, date: date, amount: row["rate"]?.number, nature: isSpecial ? .special : .ordinary)
                case "stock_dividends":
                    rows.addSplit(
                        ordinal, date: date, numerator: row["rate"]?.number.map { 1 + $0 }, denominator: 1, nature: .stockDividend)
                default: rows.rejectUnsupported(ordinal, date: date ?? row["process_date"]?.string, list.key)
                }
            }
        }
        var answer = rows.parsedResponse(currency: "USD")
        answer.nextPage = next
        return answer
    }

    private func lists(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> (lists: [JSONValue.Member], next: String?) {
        let json = try Alpaca.value(body, status: status, headers: headers, key: key)
        guard let lists = json["corporate_actions"]?.members else { throw ProviderError(.malformed, "no corporate_actions") }
        return (lists, json["next_page_token"]?.string)
    }
}
