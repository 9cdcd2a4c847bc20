package import Market

/// Tiingo's end-of-day prices, as JSON: as traded, each row with its cash dividend and split factor. The `adj…` columns are not read.
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
        let url =
            "\(baseURL)/tiingo/daily/\(percentEncoded(symbol))/prices?startDate=\(start)&endDate=\(asOf.utcDate)&format=json&resampleFreq=daily"
        return ProviderRequest(url: url, key: key.map { (name: "Authorization", value: "Token " + $0) })
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderRefusal? {
        refusal { () throws(ProviderRefusal) in _ = try Tiingo.rows(body, status: status, headers: headers, key: key) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderRefusal) -> ProviderAnswer {
        var rows = AnswerRows(calendar: calendar)
        var actions: [CorporateAction] = []
        for (ordinal, row) in try Tiingo.rows(body, status: status, headers: [], key: key).enumerated() {
            let stamp = row["date"]?.string ?? ""
            let session = SessionDate(stamp.prefix(10))
            rows.addDaily(
                BarFields(row, .full), stamp: stamp, session: session, ordinal: ordinal, asOf: asOf, zone: calendar?.zone,
                unit: CurrencyUnit(label: nil))
            guard let session else { continue }
            if let ratio = row["splitFactor"]?.number, ratio > 0, ratio.isFinite, ratio != 1 {
                actions.append(CorporateAction(exDate: session, kind: .split(numerator: ratio, denominator: 1)))
            }
            if let cash = row["divCash"]?.number, cash > 0, cash.isFinite {
                actions.append(CorporateAction(exDate: session, kind: .dividend(Price(cash))))
            }
        }
        return rows.answer(actions: actions, currency: nil)
    }
}

/// What Tiingo's answers share.
enum Tiingo {
    static func rows(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)], key: String?
    ) throws(ProviderRefusal) -> [JSONValue] {
        let json = try JSONAnswer.value(body, status: status, headers: headers, key: key, messages: ["detail", "error", "message"])
        guard let rows = json.elements else { throw ProviderRefusal(.malformed, "no list of rows: \(ProviderRefusal.excerpt(body))") }
        guard !rows.isEmpty else { throw ProviderRefusal(.emptyRange, "nothing traded in the range") }
        return rows
    }
}
