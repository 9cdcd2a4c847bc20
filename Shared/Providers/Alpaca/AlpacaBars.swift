package import Formats
package import Market

/// Alpaca's bars, daily or intraday: as traded, one symbol per request, in pages. A daily stamp is midnight in New York.
package struct AlpacaBars: DataProvider {
    package static let name = Alpaca.name
    package let hasPages = true
    package var kind: String { (minutes.map { "bars-\($0)min" } ?? "bars-1d") + (feed == Self.defaultFeed ? "" : "-\(feed)") }
    package let bringsOwnActions = false

    /// The feed of a free key: the IEX exchange alone, a few percent of all volume.
    package static let defaultFeed = "iex"

    private let baseURL: String
    package let key: String?
    package var secrets: [String] { Alpaca.secrets(of: key) }
    private let feed: String
    private let minutes: Int?

    /// `key` is the key's id and its secret, separated by a colon. `minutes` nil means daily bars. `feed` is Alpaca's name of the feed
    /// (`iex`, `sip` for all exchanges, `otc` …) and a part of the kind.
    package init(baseURL: String = Alpaca.baseURL, key: String?, feed: String = AlpacaBars.defaultFeed, minutes: Int? = nil) {
        self.baseURL = baseURL
        self.key = key
        self.feed = feed
        self.minutes = minutes
    }

    /// The provider of a kind such as `bars-1d`, `bars-15min` or `bars-1d-sip`; daily bars of the default feed for any other kind.
    init(baseURL: String, key: String?, kind: String?) {
        let parts = (kind ?? "").split(separator: "-", maxSplits: 2).map { String($0) }
        let isBars = parts.count > 1 && parts[0] == "bars"
        let minutes = isBars && parts[1].hasSuffix("min") ? Int(parts[1].dropLast(3)) : nil
        self.init(baseURL: baseURL, key: key, feed: isBars && parts.count == 3 ? parts[2] : Self.defaultFeed, minutes: minutes)
    }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let start = from ?? SessionDate(year: 2016, month: 1, day: 1)
        let span = minutes.map { "\($0)Min" } ?? "1Day"
        let url =
            "\(baseURL)/v2/stocks/bars?symbols=\(PercentEncoding.encode(symbol))&timeframe=\(span)&start=\(start)&end=\(PercentEncoding.encode(asOf.description))"
            + "&adjustment=raw&feed=\(feed)&limit=10000"
        return Alpaca.request(url, key: key)
    }

    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? {
        Alpaca.request(request(symbol: symbol, from: from, asOf: asOf).storedURL + "&page_token=\(PercentEncoding.encode(page))", key: key)
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> (rows: [JSONView], nextPage: String?) {
        let json = try Alpaca.json(of: response)
        guard let bars = json["bars"] else { throw response.malformed("no bars") }
        let nextPage = json["next_page_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        // The lists that are not empty; the response for a single symbol is such a list, with the symbol in another member.
        var lists: [(symbol: String, rows: JSONView)] = []
        if let symbols = bars.members {
            for symbol in symbols where symbol.value.elements?.isEmpty != true { lists.append((symbol.key, symbol.value)) }
        } else if bars.elements?.isEmpty == false {
            lists = [(json["symbol"]?.string ?? "", bars)]
        }
        // A page before others may be empty. A symbol that is listed is known.
        guard let own = lists.first else {
            guard nextPage == nil else { return ([], nextPage) }
            throw bars.members?.isEmpty == false
                ? ProviderError(.emptyRange, "nothing traded in the range")
                : ProviderError(.unknownSymbol, "no bars: an unknown symbol, or nothing in the range")
        }
        guard lists.count == 1 else {
            let symbols = lists.prefix(10).map(\.symbol).joined(separator: ", ")
            throw ProviderError(.malformed, "bars of \(symbols) where one was requested")
        }
        // The latest bars are one object instead of a list.
        return (own.rows.elements ?? [own.rows], nextPage)
    }

    package func parse(
        _ payload: (rows: [JSONView], nextPage: String?), calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let zone = MarketTimeZone("America/New_York")
        var bars = BarCollector(isDaily: minutes == nil, calendar: calendar, zone: zone, asOf: asOf)
        for (ordinal, row) in payload.rows.enumerated() {
            let stamp = row["t"]?.string ?? ""
            let start = Instant(stamp)
            let session = start.flatMap { start in zone?.localDate(at: start) }
            bars.add(BarFields(row, .letters), stamp: stamp, session: session, start: start, ordinal: ordinal)
        }
        var response = bars.parsedResponse(currency: "USD")
        response.nextPage = payload.nextPage
        return response
    }
}
