/// All providers by name and kind of response. To add a provider, write a type that conforms to `DataProvider` and add one entry here.
package enum ProviderCatalog {
    private struct Entry: Sendable {
        let name: String
        let traits: ProviderTraits
        /// The provider of a kind (nil means daily bars), a base address (nil means the provider's own) and a key; nil for an unknown kind.
        let make: @Sendable (_ kind: String?, _ url: String?, _ key: String?) -> (any DataProvider)?

        init(
            _ name: String, _ traits: ProviderTraits,
            make: @escaping @Sendable (_ kind: String?, _ url: String?, _ key: String?) -> (any DataProvider)?
        ) {
            self.name = name
            self.traits = traits
            self.make = make
        }
    }

    private static let entries = [
        Entry(Yahoo.name, Yahoo.traits) { kind, url, _ in
            let url = url ?? Yahoo.baseURL
            guard let kind, kind != "chart-1d", kind.hasPrefix("chart-") else { return YahooChart(baseURL: url) }
            return YahooIntraday(baseURL: url, interval: String(kind.dropFirst(6)))
        },
        Entry(AlphaVantage.name, AlphaVantage.traits) { kind, url, key in
            let url = url ?? AlphaVantage.baseURL
            if let minutes = minutes(kind, "intraday") { return AlphaVantageIntraday(baseURL: url, key: key, minutes: minutes) }
            if let subject = kind.flatMap({ AlphaVantageActions.Subject(rawValue: $0) }) {
                return AlphaVantageActions(baseURL: url, key: key, subject: subject)
            }
            if kind == "quote" { return AlphaVantageQuote(baseURL: url, key: key) }
            return AlphaVantageDaily(baseURL: url, key: key, adjusted: kind == "daily-adjusted")
        },
        Entry(Tiingo.name, Tiingo.traits) { kind, url, key in
            let url = url ?? Tiingo.baseURL
            if let minutes = minutes(kind, "intraday") { return TiingoIntraday(baseURL: url, key: key, minutes: minutes) }
            return TiingoDaily(baseURL: url, key: key)
        },
        Entry(Polygon.name, Polygon.traits) { kind, url, key in
            let url = url ?? Polygon.baseURL
            if let subject = kind.flatMap({ PolygonActions.Subject(rawValue: $0) }) {
                return PolygonActions(baseURL: url, key: key, subject: subject)
            }
            return PolygonAggregates(baseURL: url, key: key, minutes: minutes(kind, "aggregates"))
        },
        Entry(Alpaca.name, Alpaca.traits) { kind, url, key in
            let url = url ?? Alpaca.baseURL
            if kind == "corporate-actions" { return AlpacaActions(baseURL: url, key: key) }
            return AlpacaBars(baseURL: url, key: key, kind: kind)
        },
        Entry(TwelveData.name, TwelveData.traits) { kind, url, key in
            let url = url ?? TwelveData.baseURL
            if kind == "quote" { return TwelveDataQuote(baseURL: url, key: key) }
            let interval = kind.flatMap { $0.hasPrefix("series-") ? String($0.dropFirst(7)) : nil } ?? "1day"
            return TwelveDataSeries(baseURL: url, key: key, interval: interval)
        },
        Entry(Finnhub.name, Finnhub.traits) { kind, url, key in
            let url = url ?? Finnhub.baseURL
            return kind == "quote" ? FinnhubQuote(baseURL: url, key: key) : FinnhubCandles(baseURL: url, key: key)
        },
        Entry(StooqDaily.name, StooqDaily.traits) { _, url, _ in url.map { StooqDaily(baseURL: $0) } ?? StooqDaily() },
        Entry(IEXExport.name, IEXExport.traits) { kind, url, _ in
            let subject = kind.flatMap { IEXExport.Subject(rawValue: $0) } ?? .chart
            return url.map { IEXExport(baseURL: $0, subject: subject) } ?? IEXExport(subject: subject)
        },
        Entry(CSVDaily.name, CSVDaily.traits) { _, url, _ in url.map { CSVDaily(baseURL: $0) } ?? CSVDaily() },
    ]

    package static let names = entries.map(\.name)

    /// File formats without a public server. They need the address of a server with the files, or an upload.
    package static let unserved = [CSVDaily.name, IEXExport.name]

    /// The traits of a provider; nil for an unknown one.
    package static func traits(of name: String) -> ProviderTraits? { entries.first { $0.name == name }?.traits }

    /// The traits of all providers by name.
    static let traits = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.traits) })

    /// The provider of a stored name and kind (nil: daily bars); nil for an unknown one.
    ///
    /// `baseURL` nil means the provider's own address. `key` is needed for requests and redaction, not for parsing.
    package static func provider(
        named name: String, kind: String? = nil, baseURL: String? = nil, key: String? = nil
    ) -> (any DataProvider)? {
        entries.first { $0.name == name }?.make(kind, baseURL, key)
    }

    /// The minutes in a kind: 5 for `intraday-5min` with the prefix `intraday`.
    private static func minutes(_ kind: String?, _ prefix: String) -> Int? {
        guard let kind, kind.hasPrefix(prefix + "-"), kind.hasSuffix("min") else { return nil }
        return Int(kind.dropFirst(prefix.utf8.count + 1).dropLast(3))
    }

    /// Whether a response of a kind lists all corporate actions of its range, so that a missing action means there was none.
    package static func reportsActions(_ provider: String, kind: String) -> Bool {
        kind != ManualOverride.kind && self.provider(named: provider, kind: kind)?.reportsActions ?? false
    }

    /// The providers that never report the corporate actions of an instrument, given the kinds of responses archived for it.
    ///
    /// `order` adds the providers of the source precedence, even without archived responses.
    package static func withoutActions(kinds: [(provider: String, kind: String)], order: [String]) -> Set<String> {
        let reporting = kinds.filter { reportsActions($0.provider, kind: $0.kind) }.map(\.provider)
        return Set(kinds.map(\.provider) + order).subtracting(reporting)
    }
}
