package import Market

/// Twelve Data's time series: newest first, numbers as text, stamps in the exchange's zone. Daily closes are split-adjusted.
package struct TwelveDataSeries: DataProvider {
    package static let name = "twelvedata"
    package var kind: String { "series-" + interval }
    package let reportsActions = false
    package static let traits = ProviderTraits(
        close: .splitAdjusted, order: .newestFirst, stamp: .exchangeDate, key: .header("Authorization"),
        suggested: ProviderLimits(perMinute: 8, perDay: 800))

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
            "\(baseURL)/time_series?symbol=\(percentEncoded(symbol))&interval=\(interval)\(start)&outputsize=5000&timezone=Exchange",
            key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderRefusal? {
        refusal { () throws(ProviderRefusal) in _ = try values(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let json = try values(body, status: status, headers: [])
        let meta = json["meta"]
        let zone = meta?["exchange_timezone"]?.string.flatMap { Zone($0) } ?? calendar?.zone
        let unit = CurrencyUnit(label: meta?["currency"]?.string)
        var daily = AnswerRows(calendar: calendar)
        var parts = IntradayRows(zone: zone, unit: unit)
        let isDaily = (meta?["interval"]?.string ?? interval) == "1day"
        for (ordinal, row) in (json["values"]?.elements ?? []).enumerated() {
            let stamp = row["datetime"]?.string ?? ""
            var fields = BarFields(row, .full)
            if isDaily {
                // Indices and currencies have no volume at all.
                if row["volume"] == nil { fields.volume = 0 }
                daily.addDaily(
                    fields, stamp: stamp, session: SessionDate(stamp.prefix(10)), ordinal: ordinal, asOf: asOf, zone: zone, unit: unit)
            } else {
                parts.add(fields, stamp: stamp, start: zone.flatMap { LocalStamp.instant(stamp, $0) }, ordinal: ordinal)
            }
        }
        return isDaily ? daily.answer(currency: unit.code, basis: .splitAdjusted) : parts.answer(currency: unit.code)
    }

    private func values(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderRefusal) -> JSONValue {
        var json = try TwelveData.value(body, status: status, headers: headers, key: key)
        // An answer about several symbols is keyed by them, each with a status of its own.
        if json["values"] == nil, let members = json.members, members.count == 1, members[0].value["status"] != nil {
            json = members[0].value
            try TwelveData.check(json, status: status, headers: headers, key: key)
        }
        guard let values = json["values"]?.elements else {
            throw ProviderRefusal(.malformed, "no values: \(Redaction.redact(ProviderRefusal.excerpt(body), key: key))")
        }
        guard !values.isEmpty else { throw ProviderRefusal(.emptyRange, "nothing traded in the range") }
        return json
    }
}
