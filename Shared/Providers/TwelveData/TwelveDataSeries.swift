package import Market

/// Twelve Data's time series: newest first, numbers as text, stamps in the exchange's zone. Daily closes are split-adjusted. An answer has
/// at most 5000 rows and does not say that there are more: one that is full has a page behind it, of what is older.
package struct TwelveDataSeries: DataProvider {
    package static let name = "twelvedata"
    package var kind: String { "series-" + interval }
    package let hasPages = true
    package let reportsActions = false
    package static let traits = ProviderTraits(
        close: .splitAdjusted, order: .newestFirst, stamp: .exchangeDate, key: .header("Authorization"),
        suggested: ProviderLimits(perMinute: 8, perDay: 800))

    private static let rowsOfPage = 5000

    private let baseURL: String
    private let key: String?
    private let interval: String

    /// `interval` is the provider's word: `1day`, `1min`, `5min` …
    package init(baseURL: String = "https://api.twelvedata.com", key: String?, interval: String = "1day") {
        self.baseURL = baseURL
        self.key = key
        self.interval = interval
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from.map { "&start_date=\($0)" } ?? ""
        return TwelveData.request(
            "\(baseURL)/time_series?symbol=\(percentEncoded(symbol))&interval=\(interval)\(start)&outputsize=\(Self.rowsOfPage)"
                + "&timezone=Exchange", key: key)
    }

    /// `page` is the oldest stamp so far, which the next page may repeat.
    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        TwelveData.request(request(symbol: symbol, from: from, asOf: asOf).storedURL + "&end_date=\(percentEncoded(page))", key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try values(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        answer(try values(body, status: status, headers: []), calendar, asOf)
    }

    private func answer(_ json: JSONValue, _ calendar: TradingCalendar?, _ asOf: Instant) -> ParsedResponse {
        let meta = json["meta"]
        let zone = meta?["exchange_timezone"]?.string.flatMap { Zone($0) } ?? calendar?.zone
        let unit = CurrencyUnit(label: meta?["currency"]?.string)
        var daily = DailyBarCollector(calendar: calendar)
        var parts = IntradayBarCollector(zone: zone, unit: unit)
        let isDaily = (meta?["interval"]?.string ?? interval) == "1day"
        let all = json["values"]?.elements ?? []
        for (ordinal, row) in all.enumerated() {
            let stamp = row["datetime"]?.string ?? ""
            var fields = BarFields(row, .full)
            if isDaily {
                // Indices and currencies have no volume at all.
                if row["volume"] == nil { fields.volume = 0 }
                daily.addDaily(
                    fields, stamp: stamp, session: SessionDate(stamp.prefix(10)), ordinal: ordinal, asOf: asOf, zone: zone, unit: unit)
            } else {
                parts.add(fields, stamp: stamp, start: zone.flatMap { $0.instant(localTime: stamp) }, ordinal: ordinal)
            }
        }
        // Of a pair the meta data tell the currencies' names; its symbol has their codes.
        let pair = (meta?["symbol"]?.string ?? "").split(separator: "/")
        let currency = unit.code ?? (pair.count == 2 ? String(pair[1]) : nil)
        var answer = isDaily ? daily.parsedResponse(currency: currency, basis: .splitAdjusted) : parts.parsedResponse(currency: currency)
        if all.count >= Self.rowsOfPage { answer.nextPage = all.compactMap { $0["datetime"]?.string }.min() }
        return answer
    }

    private func values(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> JSONValue {
        var json = try TwelveData.value(body, status: status, headers: headers, key: key)
        if let members = bySymbol(json) {
            guard members.count == 1 else {
                let names = members.map(\.key).joined(separator: ", ")
                throw ProviderError(.malformed, "series of \(names) where one was asked for")
            }
            json = members[0].value
        }
        return try checked(json, status: status, headers: headers, body)
    }

    /// An answer about several symbols is keyed by them, each with a status of its own.
    private func bySymbol(_ json: JSONValue) -> [JSONValue.Member]? {
        guard json["values"] == nil, let members = json.members, !members.isEmpty,
            members.allSatisfy({ $0.value["status"] != nil || $0.value["values"] != nil })
        else { return nil }
        return members
    }

    private func checked(
        _ json: JSONValue, status: Int, headers: [(name: String, value: String)], _ body: [UInt8]
    ) throws(ProviderError) -> JSONValue {
        try TwelveData.check(json, status: status, headers: headers, key: key)
        guard let values = json["values"]?.elements else {
            throw ProviderError(.malformed, "no values: \(ProviderError.excerpt(body, key: key))")
        }
        guard !values.isEmpty else { throw ProviderError(.emptyRange, "nothing traded in the range") }
        return json
    }
}
