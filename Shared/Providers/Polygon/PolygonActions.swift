package import Formats
package import Market

/// Polygon's reference lists of splits or dividends, as traded, newest first.
package struct PolygonActions: DataProvider {
    package enum Subject: String, Sendable { case splits, dividends }

    package static let name = Polygon.name
    package let hasPages = true
    package var kind: String { subject.rawValue }
    package let bringsOwnActions = true
    package let responseLimit = ResponseLimit.actions

    private let baseURL: String
    package let key: String?
    private let subject: Subject

    package init(baseURL: String = Polygon.baseURL, key: String?, subject: Subject) {
        self.baseURL = baseURL
        self.key = key
        self.subject = subject
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let dateName = subject == .splits ? "execution_date" : "ex_dividend_date"
        let start = from.map { "&\(dateName).gte=\($0)" } ?? ""
        return Polygon.request(
            "\(baseURL)/v3/reference/\(subject.rawValue)?ticker=\(PercentEncoding.encode(symbol))\(start)&limit=1000", key: key)
    }

    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        Polygon.request(page: page, baseURL: baseURL, key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> JSONView {
        try Polygon.json(of: response, mayBeEmpty: true)
    }

    package func parse(_ json: JSONView, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        var actions = ActionCollector()
        for (ordinal, row) in (json["results"]?.elements ?? []).enumerated() {
            switch subject {
            case .splits:
                actions.addSplit(
                    ordinal, date: row["execution_date"]?.string, numerator: row["split_to"]?.number,
                    denominator: row["split_from"]?.number)
            case .dividends:
                let kind = row["dividend_type"]?.string
                actions.addDividend(
                    ordinal, date: row["ex_dividend_date"]?.string, amount: row["cash_amount"]?.number,
                    nature: kind == "SC" ? .special : kind == "LT" || kind == "ST" ? .capitalGain : .ordinary)
            }
        }
        var response = actions.parsedResponse(currency: json["results"]?.first?["currency"]?.string)
        response.nextPage = Polygon.nextPage(json, key: key)
        return response
    }
}
