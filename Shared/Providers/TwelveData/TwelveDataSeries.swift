package import Formats
package import Market

/// Twelve Data's time series: newest first, numbers as text, stamps in the exchange's time zone. Daily closes are split-adjusted.
///
/// A response has at most 5000 rows and does not say whether there are more. After a full response the next page of older rows is requested.
package struct TwelveDataSeries: DataProvider {
    package static let name = TwelveData.name
    package var kind: String { "series-" + interval }
    package let hasPages = true
    package let bringsOwnActions = false

    private static let rowsPerPage = 5000

    private let baseURL: String
    package let key: String?
    private let interval: String

    /// `interval` is the provider's name of it: `1day`, `1min`, `5min` …
    package init(baseURL: String = TwelveData.baseURL, key: String?, interval: String = "1day") {
        self.baseURL = baseURL
        self.key = key
        self.interval = interval
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from.map { "&start_date=\($0)" } ?? ""
        return TwelveData.request(
            "\(baseURL)/time_series?symbol=\(PercentEncoding.encode(symbol))&interval=\(interval)\(start)&outputsize=\(Self.rowsPerPage)"
                + "&timezone=Exchange", key: key)
    }

    /// `page` is the oldest stamp so far. The next page may repeat its row.
    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        TwelveData.request(
            request(symbol: symbol, from: from, asOf: asOf).storedURL + "&end_date=\(PercentEncoding.encode(page))", key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> JSONView {
        var json = try TwelveData.json(of: response)
        if let members = bySymbol(json) {
            guard members.count == 1, let series = members.first else {
                let names = members.prefix(10).map(\.key).joined(separator: ", ")
                throw ProviderError(.malformed, "series of \(names) where one was requested")
            }
            json = series.value
            try TwelveData.check(json, in: response)
        }
        guard let values = json["values"]?.elements else { throw response.malformed("no values") }
        guard !values.isEmpty else { throw ProviderError(.emptyRange, "nothing traded in the range") }
        return json
    }

    /// The members of a response about several symbols, each with a status of its own; nil for a response about one symbol.
    private func bySymbol(_ json: JSONView) -> JSONView.Members? {
        guard json["values"] == nil, let members = json.members, !members.isEmpty,
            members.allSatisfy({ $0.value["status"] != nil || $0.value["values"] != nil })
        else { return nil }
        return members
    }

    package func parse(_ json: JSONView, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        let meta = json["meta"]
        let zone = meta?["exchange_timezone"]?.string.flatMap { MarketTimeZone($0) } ?? calendar?.zone
        let unit = CurrencyUnit(label: meta?["currency"]?.string)
        let isDaily = (meta?["interval"]?.string ?? interval) == "1day"
        let rows = json["values"]?.elements ?? []
        var bars = BarCollector(isDaily: isDaily, calendar: calendar, zone: zone, unit: unit, asOf: asOf)
        for (ordinal, row) in rows.enumerated() {
            let stamp = row["datetime"]?.string ?? ""
            var fields = BarFields(row, .full)
            // Indices and currencies have no volume.
            if isDaily, row["volume"] == nil { fields.volume = 0 }
            bars.add(
                fields, stamp: stamp, session: SessionDate(stamp.prefix(10)), start: zone.flatMap { $0.instant(localTime: stamp) },
                ordinal: ordinal)
        }
        // A pair's metadata contain the names of the currencies; its symbol contains their codes.
        let pair = (meta?["symbol"]?.string ?? "").split(separator: "/")
        let currency = unit.code ?? (pair.count == 2 ? String(pair[1]) : nil)
        var response = bars.parsedResponse(currency: currency, basis: .splitAdjusted)
        if rows.count >= Self.rowsPerPage { response.nextPage = rows.compactMap { $0["datetime"]?.string }.min() }
        return response
    }
}
