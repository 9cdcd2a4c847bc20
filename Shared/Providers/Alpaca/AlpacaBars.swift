package import Market

/// Alpaca's bars: as traded, asked for one symbol at a time, in pages. A daily stamp is midnight in New York.
package struct AlpacaBars: DataProvider {
    package static let name = "alpaca"
    package let hasPages = true
    package var kind: String { (minutes.map { "bars-\($0)min" } ?? "bars-1d") + (feed == Self.usualFeed ? "" : "-\(feed)") }
    package let reportsActions = false
    package static let traits = ProviderTraits(
        close: .asTraded, order: .oldestFirst, stamp: .midnightInNewYork, key: .header("APCA-API-SECRET-KEY"),
        actionKinds: ["corporate-actions"], suggested: ProviderLimits(perMinute: 200, concurrency: 4))

    /// What a free key may ask: the IEX exchange alone, a few percent of the volume.
    package static let usualFeed = "iex"

    private let baseURL: String
    private let key: String?
    private let feed: String
    private let minutes: Int?

    /// `key` is the key's id and its secret, separated by a colon. `minutes` nil asks for daily bars. `feed` is the provider's word: `iex`,
    /// `sip` (all exchanges), `otc` …; it is a part of the kind.
    package init(
        baseURL: String = "https://data.alpaca.markets", key: String?, feed: String = AlpacaBars.usualFeed, minutes: Int? = nil
    ) {
        self.baseURL = baseURL
        self.key = key
        self.feed = feed
        self.minutes = minutes
    }

    /// The provider of a kind such as `bars-1d`, `bars-15min` or `bars-1d-sip`; daily bars of the usual feed for any other.
    init(baseURL: String, key: String?, kind: String?) {
        let parts = (kind ?? "").split(separator: "-", maxSplits: 2).map { String($0) }
        let isBars = parts.count > 1 && parts[0] == "bars"
        let minutes = isBars && parts[1].hasSuffix("min") ? Int(parts[1].dropLast(3)) : nil
        self.init(baseURL: baseURL, key: key, feed: isBars && parts.count == 3 ? parts[2] : Self.usualFeed, minutes: minutes)
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? SessionDate(year: 2016, month: 1, day: 1)
        let span = minutes.map { "\($0)Min" } ?? "1Day"
        let url =
            "\(baseURL)/v2/stocks/bars?symbols=\(percentEncoded(symbol))&timeframe=\(span)&start=\(start)&end=\(percentEncoded(asOf.description))"
            + "&adjustment=raw&feed=\(feed)&limit=10000"
        return Alpaca.request(url, key: key)
    }

    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        Alpaca.request(request(symbol: symbol, from: from, asOf: asOf).storedURL + "&page_token=\(percentEncoded(page))", key: key)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Alpaca.redacted(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        refusal { () throws(ProviderError) in _ = try bars(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let (symbols, next) = try bars(body, status: status, headers: [])
        let own = symbols.count > 1 ? symbols.filter { !($0.value.elements?.isEmpty ?? false) } : symbols
        guard own.count <= 1 else {
            throw ProviderError(.malformed, "bars of \(own.map(\.key).joined(separator: ", ")) where one was asked for")
        }
        return answer(own.first?.value ?? .array([]), next, calendar, asOf)
    }

    private func answer(_ bars: JSONValue, _ next: String?, _ calendar: TradingCalendar?, _ asOf: Instant) -> ParsedResponse {
        let zone = Zone("America/New_York")
        var daily = DailyBarCollector(calendar: calendar)
        var parts = IntradayBarCollector(zone: zone)
        // The latest bars come as one object instead of a list.
        for (ordinal, row) in (bars.elements ?? [bars]).enumerated() {
            let stamp = row["t"]?.string ?? ""
            let start = Instant(stamp)
            if minutes != nil {
                parts.add(BarFields(row, .letters), stamp: stamp, start: start, ordinal: ordinal)
            } else {
                let session = start.flatMap { start in zone?.localDate(at: start) }
                daily.addDaily(
                    BarFields(row, .letters), stamp: stamp, session: session, ordinal: ordinal, asOf: asOf, zone: zone)
            }
        }
        var answer = minutes == nil ? daily.parsedResponse(currency: "USD") : parts.parsedResponse(currency: "USD")
        answer.nextPage = next
        return answer
    }

    private func bars(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> (symbols: [JSONValue.Member], next: String?) {
        let json = try Alpaca.value(body, status: status, headers: headers, key: key)
        guard let bars = json["bars"] else {
            throw ProviderError(.malformed, "no bars: \(ProviderError.excerpt(Alpaca.redacted(body, key: key).body))")
        }
        let next = json["next_page_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        // The single-symbol form has a list and names its symbol beside it.
        let symbols =
            bars.members ?? bars.elements.map { [JSONValue.Member(key: json["symbol"]?.string ?? "", value: .array($0))] } ?? []
        // A page on the way to others may be empty; a symbol that is named is known.
        guard next != nil || symbols.contains(where: { !($0.value.elements?.isEmpty ?? false) }) else {
            throw symbols.isEmpty || bars.members == nil
                ? ProviderError(.unknownSymbol, "no bars: an unknown symbol, or nothing in the range")
                : ProviderError(.emptyRange, "nothing traded in the range")
        }
        return (symbols, next)
    }
}
