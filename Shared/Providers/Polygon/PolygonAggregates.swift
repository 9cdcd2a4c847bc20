package import Formats
package import Market

/// Polygon's aggregate bars, daily or intraday, in pages.
///
/// Daily bars are requested as traded (`adjusted=false`); a response that says `adjusted: true` is split-adjusted. A daily stamp is midnight
/// in New York in milliseconds, that of a pair (`C:`, `X:`) midnight UTC. Indices (`I:`) have no volume.
package struct PolygonAggregates: DataProvider {
    package static let name = Polygon.name
    package let hasPages = true
    package var kind: String { minutes.map { "aggregates-\($0)min" } ?? "aggregates-1d" }
    package let bringsOwnActions = false

    private let baseURL: String
    package let key: String?
    private let minutes: Int?

    /// `minutes` nil means daily bars.
    package init(baseURL: String = Polygon.baseURL, key: String?, minutes: Int? = nil) {
        self.baseURL = baseURL
        self.key = key
        self.minutes = minutes
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? SessionDate(year: 1970, month: 1, day: 2)
        let span = minutes.map { "\($0)/minute" } ?? "1/day"
        let url =
            "\(baseURL)/v2/aggs/ticker/\(PercentEncoding.encode(symbol))/range/\(span)/\(start)/\(asOf.utcDate)?adjusted=false&sort=asc&limit=50000"
        return Polygon.request(url, key: key)
    }

    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        Polygon.request(page: page, baseURL: baseURL, key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> JSONView { try Polygon.json(of: response) }

    package func parse(_ json: JSONView, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
        let zone = MarketTimeZone("America/New_York")
        let ticker = json["ticker"]?.string ?? ""
        let isPair = ticker.hasPrefix("C:") || ticker.hasPrefix("X:")
        var bars = BarCollector(isDaily: minutes == nil, calendar: calendar, zone: zone, asOf: asOf)
        for (ordinal, row) in (json["results"]?.elements ?? []).enumerated() {
            var fields = BarFields(row, .letters)
            if ticker.hasPrefix("I:"), row["v"] == nil { fields.volume = 0 }
            let start = row["t"]?.number.flatMap { Int64(checked: $0) }.flatMap { Instant(epochMilliseconds: $0) }
            // Midnight in New York is never midnight UTC, so the stamp alone shows its time zone.
            let isUTC = start.map { isPair || $0 == .utcMidnight($0.utcDate) } ?? false
            bars.add(
                fields, stamp: start?.description ?? "\(row["t"]?.number ?? .nan)",
                session: start.flatMap { start in isUTC ? start.utcDate : zone?.localDate(at: start) }, start: start, ordinal: ordinal,
                isUTC: isUTC)
        }
        let isAdjusted = json["adjusted"]?.bool == true
        let currency = isPair ? SymbolSpelling(provider: Self.name)?.ticker(ticker)?.part : "USD"
        var response = bars.parsedResponse(currency: currency, basis: isAdjusted ? .splitAdjusted : .asTraded)
        response.nextPage = Polygon.nextPage(json, key: key)
        return response
    }
}
