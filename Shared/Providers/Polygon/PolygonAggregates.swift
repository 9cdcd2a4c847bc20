package import Market

/// Polygon.io's (Massive's) aggregate bars, daily or of minutes.
///
/// Daily bars are asked for as traded (`adjusted=false`); an answer that says `adjusted: true` is split-adjusted and marked so. A daily
/// stamp is midnight in New York, in milliseconds; that of pairs (`C:`, `X:`) is midnight UTC. Indices (`I:`) have no volume. A long range
/// comes in pages.
package struct PolygonAggregates: DataProvider {
    package static let name = "polygon"
    package let hasPages = true
    package var kind: String { minutes.map { "aggregates-\($0)min" } ?? "aggregates-1d" }
    package let reportsActions = false
    package static let traits = ProviderTraits(
        close: .asTraded, order: .oldestFirst, stamp: .midnightInNewYork, key: .header("Authorization"),
        actionKinds: ["splits", "dividends"], suggested: ProviderLimits(perMinute: 5))

    private let baseURL: String
    private let key: String?
    private let minutes: Int?

    /// `minutes` nil asks for daily bars.
    package init(baseURL: String = "https://api.polygon.io", key: String?, minutes: Int? = nil) {
        self.baseURL = baseURL
        self.key = key
        self.minutes = minutes
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? SessionDate(year: 1970, month: 1, day: 2)
        let span = minutes.map { "\($0)/minute" } ?? "1/day"
        let url =
            "\(baseURL)/v2/aggs/ticker/\(percentEncoded(symbol))/range/\(span)/\(start)/\(asOf.utcDate)?adjusted=false&sort=asc&limit=50000"
        return Polygon.request(url, key: key)
    }

    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        Polygon.next(page, baseURL: baseURL, key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try Polygon.results(body, status: status, headers: headers, key: key) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let json = try Polygon.results(body, status: status, headers: [], key: key)
        let zone = Zone("America/New_York")
        var daily = DailyBarCollector(calendar: calendar)
        var parts = IntradayBarCollector(zone: zone)
        let ticker = json["ticker"]?.string ?? ""
        let isPair = ticker.hasPrefix("C:") || ticker.hasPrefix("X:")
        for (ordinal, row) in (json["results"]?.elements ?? []).enumerated() {
            var fields = BarFields(row, .letters)
            if ticker.hasPrefix("I:"), row["v"] == nil { fields.volume = 0 }
            let start = row["t"]?.number.flatMap { abs($0) < 1e14 ? Instant(microseconds: Int64($0) * 1000) : nil }
            let stamp = start?.description ?? "\(row["t"]?.number ?? .nan)"
            if minutes != nil {
                parts.add(fields, stamp: stamp, start: start, ordinal: ordinal)
            } else {
                // No midnight of New York is one of UTC, so that a stamp tells by itself whose it is.
                let isUTC = start.map { isPair || $0 == .utcMidnight($0.utcDate) } ?? false
                let session = start.flatMap { start in isUTC ? start.utcDate : zone?.localDate(at: start) }
                daily.addDaily(
                    fields, stamp: stamp, session: session, ordinal: ordinal, asOf: asOf, zone: isUTC ? nil : zone)
            }
        }
        let isAdjusted = if case .bool(true)? = json["adjusted"] { true } else { false }
        let currency = isPair ? SymbolSpelling(provider: Self.name)?.ticker(ticker)?.part : "USD"
        var answer =
            minutes == nil
            ? daily.parsedResponse(currency: currency, basis: isAdjusted ? .splitAdjusted : .asTraded)
            : parts.parsedResponse(currency: currency)
        answer.nextPage = Polygon.nextPage(json, key: key)
        return answer
    }
}
