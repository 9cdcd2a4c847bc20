package import Market

/// Polygon's reference lists of splits or dividends, as traded, newest first.
package struct PolygonActions: DataProvider {
    package enum Subject: String, Sendable { case splits, dividends }

    package static let name = "polygon"
    package let hasPages = true
    package var kind: String { subject.rawValue }

    private let baseURL: String
    private let key: String?
    private let subject: Subject

    package init(baseURL: String = "https://api.polygon.io", key: String?, subject: Subject) {
        self.baseURL = baseURL
        self.key = key
        self.subject = subject
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let dated = subject == .splits ? "execution_date" : "ex_dividend_date"
        let start = from.map { "&\(dated).gte=\($0)" } ?? ""
        return Polygon.request(
            "\(baseURL)/v3/reference/\(subject.rawValue)?ticker=\(percentEncoded(symbol))\(start)&limit=1000", key: key)
    }

    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        Polygon.next(page, baseURL: baseURL, key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try Polygon.results(body, status: status, headers: headers, key: key, mayBeEmpty: true)
        }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let json = try Polygon.results(body, status: status, headers: [], key: key, mayBeEmpty: true)
        var rows = ActionCollector()
        for (ordinal, row) in (json["results"]?.elements ?? []).enumerated() {
            switch subject {
            case .splits:
                rows.addSplit(
                    ordinal, date: row["execution_date"]?.string, numerator: row["split_to"]?.number,
                    denominator: row["split_from"]?.number)
            case .dividends:
                let kind = row["dividend_type"]?.string
                rows.addDividend(
                    ordinal, date: row["ex_dividend_date"]?.string, amount: row["cash_amount"]?.number,
                    nature: kind == "SC" ? .special : kind == "LT" || kind == "ST" ? .capitalGain : .ordinary)
            }
        }
        var answer = rows.parsedResponse(currency: json["results"]?.first?["currency"]?.string)
        answer.nextPage = Polygon.nextPage(json, key: key)
        return answer
    }
}
