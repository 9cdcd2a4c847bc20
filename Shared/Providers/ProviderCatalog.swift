/// All providers by name and kind of answer. A new one is a new row here and a file of its own.
package enum ProviderCatalog {
    package static let names = entries.map(\.name)

    /// Forms of files that nobody serves, unless an address of one's own does.
    package static let unserved = [CSVFile.name, IEXExport.name]

    private struct Entry: Sendable {
        let name: String
        let traits: ProviderTraits
        /// Of a kind (nil: daily bars), a base address and a key; nil for an unknown kind.
        let make: @Sendable (_ kind: String?, _ url: String?, _ key: String?) -> (any DataProvider)?
    }

    /// What a provider means; nil for an unknown one.
    package static func traits(of name: String) -> ProviderTraits? { entries.first { $0.name == name }?.traits }

    /// The provider of a stored name (and kind); nil for an unknown one. `baseURL` nil is the provider's own address. `key` is needed
    /// to ask and to redact, not to parse.
    package static func provider(
        named name: String, kind: String? = nil, baseURL: String? = nil, key: String? = nil
    ) -> (any DataProvider)? {
        entries.first { $0.name == name }?.make(kind, baseURL, key)
    }

    /// `5` of `intraday-5min` with the prefix `intraday`.
    private static func minutes(_ kind: String?, _ prefix: String) -> Int? {
        guard let kind, kind.hasPrefix(prefix + "-"), kind.hasSuffix("min") else { return nil }
        return Int(kind.dropFirst(prefix.utf8.count + 1).dropLast(3))
    }

    private static let entries = [
        Entry(name: YahooChart.name, traits: YahooChart.traits) { kind, url, _ in
            let url = url ?? "https://query1.finance.yahoo.com"
            guard let kind, kind != "chart-1d", kind.hasPrefix("chart-") else { return YahooChart(baseURL: url) }
            return YahooIntraday(baseURL: url, interval: String(kind.dropFirst(6)))
        },
        Entry(name: AlphaVantageDaily.name, traits: AlphaVantage.traits) { kind, url, key in
            let url = url ?? "https://www.alphavantage.co"
            if let minutes = minutes(kind, "intraday") { return AlphaVantageIntraday(baseURL: url, key: key, minutes: minutes) }
            if let subject = kind.flatMap({ AlphaVantageActions.Subject(rawValue: $0) }) {
                return AlphaVantageActions(baseURL: url, key: key, subject: subject)
            }
            if kind == "quote" { return AlphaVantageQuote(baseURL: url, key: key) }
            return AlphaVantageDaily(baseURL: url, key: key, adjusted: kind == "daily-adjusted")
        },
        Entry(name: TiingoDaily.name, traits: TiingoDaily.traits) { kind, url, key in
            let url = url ?? "https://api.tiingo.com"
            if let minutes = minutes(kind, "intraday") { return TiingoIntraday(baseURL: url, key: key, minutes: minutes) }
            return TiingoDaily(baseURL: url, key: key)
        },
        Entry(name: PolygonAggregates.name, traits: PolygonAggregates.traits) { kind, url, key in
            let url = url ?? "https://api.polygon.io"
            if let subject = kind.flatMap({ PolygonActions.Subject(rawValue: $0) }) {
                return PolygonActions(baseURL: url, key: key, subject: subject)
            }
            return PolygonAggregates(baseURL: url, key: key, minutes: minutes(kind, "aggregates"))
        },
        Entry(name: AlpacaBars.name, traits: AlpacaBars.traits) { kind, url, key in
            let url = url ?? "https://data.alpaca.markets"
            if kind == "corporate-actions" { return AlpacaActions(baseURL: url, key: key) }
            return AlpacaBars(baseURL: url, key: key, kind: kind)
        },
        Entry(name: TwelveDataSeries.name, traits: TwelveDataSeries.traits) { kind, url, key in
            let url = url ?? "https://api.twelvedata.com"
            if kind == "quote" { return TwelveDataQuote(baseURL: url, key: key) }
            let interval = kind.flatMap { $0.hasPrefix("series-") ? String($0.dropFirst(7)) : nil } ?? "1day"
            return TwelveDataSeries(baseURL: url, key: key, interval: interval)
        },
        Entry(name: FinnhubQuote.name, traits: FinnhubQuote.traits) { kind, url, key in
            let url = url ?? "https://finnhub.io"
            return kind == "quote" ? FinnhubQuote(baseURL: url, key: key) : FinnhubCandles(baseURL: url, key: key)
        },
        Entry(name: StooqDaily.name, traits: StooqDaily.traits) { _, url, _ in StooqDaily(baseURL: url ?? "https://stooq.com") },
        Entry(name: IEXExport.name, traits: IEXExport.traits) { kind, url, _ in
            IEXExport(baseURL: url ?? "http://127.0.0.1", subject: kind.flatMap { .init(rawValue: $0) } ?? .chart)
        },
        Entry(name: CSVFile.name, traits: CSVFile.traits) { _, url, _ in CSVFile(baseURL: url ?? "http://127.0.0.1") },
    ]
}

extension ProviderCatalog {
    /// Whether a response of a kind lists all corporate actions of its range, so that a missing action means there was none.
    package static func reportsActions(_ provider: String, kind: String) -> Bool {
        kind != ManualOverride.kind && self.provider(named: provider, kind: kind)?.reportsActions ?? false
    }

    /// The providers that never report the corporate actions of an instrument, given the kinds of responses archived for it.
    ///
    /// `order` adds the providers of the source precedence, archived responses or not.
    package static func withoutActions(kinds: [(provider: String, kind: String)], order: [String]) -> Set<String> {
        let reporting = kinds.filter { reportsActions($0.provider, kind: $0.kind) }.map(\.provider)
        return Set(kinds.map(\.provider) + order).subtracting(reporting)
    }
}
