package import Formats
package import Market

/// Alpaca's corporate actions: splits, cash dividends and stock dividends, as traded.
///
/// Other actions are flagged: spin-offs and mergers, which have no value in the response, and renames, which are reference data.
package struct AlpacaActions: DataProvider {
    package static let name = Alpaca.name
    package let hasPages = true
    package let kind = "corporate-actions"
    package let bringsOwnActions = true
    package let responseLimit = ResponseLimit.actions

    private let baseURL: String
    package let key: String?
    package var secrets: [String] { Alpaca.secrets(of: key) }

    package init(baseURL: String = Alpaca.baseURL, key: String?) {
        self.baseURL = baseURL
        self.key = key
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? SessionDate(year: 2016, month: 1, day: 1)
        let url =
            "\(baseURL)/v1/corporate-actions?symbols=\(PercentEncoding.encode(symbol))&start=\(start)&end=\(asOf.utcDate)&limit=1000&sort=asc"
        return Alpaca.request(url, key: key)
    }

    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        Alpaca.request(request(symbol: symbol, from: from, asOf: asOf).storedURL + "&page_token=\(PercentEncoding.encode(page))", key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> (lists: JSONView.Members, nextPage: String?) {
        let json = try Alpaca.json(of: response)
        guard let lists = json["corporate_actions"]?.members else { throw ProviderError(.malformed, "no corporate_actions") }
        return (lists, json["next_page_token"]?.string)
    }

    package func parse(
        _ payload: (lists: JSONView.Members, nextPage: String?), calendar: TradingCalendar?, asOf: Instant
    ) -> ParsedResponse {
        var actions = ActionCollector()
        var ordinal = 0
        for list in payload.lists {
            for row in list.value.elements ?? [] {
                defer { ordinal += 1 }
                let date = row["ex_date"]?.string
                switch list.key {
                case "forward_splits", "reverse_splits":
                    actions.addSplit(ordinal, date: date, numerator: row["new_rate"]?.number, denominator: row["old_rate"]?.number)
                case "cash_dividends":
                    let nature: CorporateAction.Nature = row["special"]?.bool == true ? .special : .ordinary
                    actions.addDividend(ordinal, date: date, amount: row["rate"]?.number, nature: nature)
                case "stock_dividends":
                    actions.addSplit(
                        ordinal, date: date, numerator: row["rate"]?.number.map { 1 + $0 }, denominator: 1, nature: .stockDividend)
                default: actions.rejectUnsupported(ordinal, date: date ?? row["process_date"]?.string, list.key)
                }
            }
        }
        var response = actions.parsedResponse(currency: "USD")
        response.nextPage = payload.nextPage
        return response
    }
}
