import Formats

/// All providers by name and kind of response. To add a provider, write a type that conforms to `DataProvider` and add one entry here.
package enum ProviderCatalog {
    /// The part of the configuration that a provider is made from.
    private struct Configuration {
        /// The kind of response; nil means daily bars.
        let kind: String?
        /// The base address, without a slash at its end; nil means the provider's own.
        let baseURL: String?
        /// The API key; nil without one.
        let key: String?

        /// The minutes in the kind: 5 for `intraday-5min` with the prefix `intraday`.
        func minutes(_ prefix: String) -> Int? {
            guard let kind, kind.hasPrefix(prefix + "-"), kind.hasSuffix("min") else { return nil }
            return Int(kind.dropFirst(prefix.utf8.count + 1).dropLast(3))
        }
    }

    private struct Entry: Sendable {
        let name: String
        let traits: ProviderTraits
        /// The provider of a configuration; its daily bars for an unknown kind.
        let make: @Sendable (Configuration) -> any DataProvider

        init(_ name: String, _ traits: ProviderTraits, make: @escaping @Sendable (Configuration) -> any DataProvider) {
            self.name = name
            self.traits = traits
            self.make = make
        }
    }

    private static let entries = [
        Entry(Yahoo.name, Yahoo.traits) {
            let url = $0.baseURL ?? Yahoo.baseURL
            guard let kind = $0.kind, kind != "chart-1d", kind.hasPrefix("chart-") else { return YahooChart(baseURL: url) }
            return YahooIntraday(baseURL: url, interval: String(kind.dropFirst(6)))
        },
        Entry(AlphaVantage.name, AlphaVantage.traits) {
            let url = $0.baseURL ?? AlphaVantage.baseURL
            if let minutes = $0.minutes("intraday") { return AlphaVantageIntraday(baseURL: url, key: $0.key, minutes: minutes) }
            if let subject = $0.kind.flatMap({ AlphaVantageActions.Subject(rawValue: $0) }) {
                return AlphaVantageActions(baseURL: url, key: $0.key, subject: subject)
            }
            if $0.kind == "quote" { return AlphaVantageQuote(baseURL: url, key: $0.key) }
            return AlphaVantageDaily(baseURL: url, key: $0.key, adjusted: $0.kind == "daily-adjusted")
        },
        Entry(Tiingo.name, Tiingo.traits) {
            let url = $0.baseURL ?? Tiingo.baseURL
            if let minutes = $0.minutes("intraday") { return TiingoIntraday(baseURL: url, key: $0.key, minutes: minutes) }
            return TiingoDaily(baseURL: url, key: $0.key)
        },
        Entry(Polygon.name, Polygon.traits) {
            let url = $0.baseURL ?? Polygon.baseURL
            if let subject = $0.kind.flatMap({ PolygonActions.Subject(rawValue: $0) }) {
                return PolygonActions(baseURL: url, key: $0.key, subject: subject)
            }
            return PolygonAggregates(baseURL: url, key: $0.key, minutes: $0.minutes("aggregates"))
        },
        Entry(Alpaca.name, Alpaca.traits) {
            let url = $0.baseURL ?? Alpaca.baseURL
            if $0.kind == "corporate-actions" { return AlpacaActions(baseURL: url, key: $0.key) }
            return AlpacaBars(baseURL: url, key: $0.key, kind: $0.kind)
        },
        Entry(TwelveData.name, TwelveData.traits) {
            let url = $0.baseURL ?? TwelveData.baseURL
            if $0.kind == "quote" { return TwelveDataQuote(baseURL: url, key: $0.key) }
            let interval = $0.kind.flatMap { $0.hasPrefix("series-") ? String($0.dropFirst(7)) : nil } ?? "1day"
            return TwelveDataSeries(baseURL: url, key: $0.key, interval: interval)
        },
        Entry(Finnhub.name, Finnhub.traits) {
            let url = $0.baseURL ?? Finnhub.baseURL
            return $0.kind == "quote" ? FinnhubQuote(baseURL: url, key: $0.key) : FinnhubCandles(baseURL: url, key: $0.key)
        },
        Entry(StooqDaily.name, StooqDaily.traits) { $0.baseURL.map { StooqDaily(baseURL: $0) } ?? StooqDaily() },
        Entry(IEXExport.name, IEXExport.traits) {
            let subject = $0.kind.flatMap { IEXExport.Subject(rawValue: $0) } ?? .chart
            return $0.baseURL.map { IEXExport(baseURL: $0, subject: subject) } ?? IEXExport(subject: subject)
        },
        Entry(CSVDaily.name, CSVDaily.traits) { $0.baseURL.map { CSVDaily(baseURL: $0) } ?? CSVDaily() },
    ]

    package static let names = entries.map(\.name)

    /// File formats without a public server. They need the address of a server with the files, or an upload.
    package static let unserved = [CSVDaily.name, IEXExport.name]

    /// The traits of a provider; nil for an unknown one.
    package static func traits(of name: String) -> ProviderTraits? { entries.first { $0.name == name }?.traits }

    /// The traits of all providers by name.
    static let traits = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.traits) })

    /// The provider of a stored name and kind (nil: daily bars); nil for an unknown name.
    ///
    /// `baseURL` nil means the provider's own address. `key` is needed for requests and redaction, not for parsing.
    package static func provider(
        named name: String, kind: String? = nil, baseURL: String? = nil, key: String? = nil
    ) -> (any DataProvider)? {
        entries.first { $0.name == name }?.make(Configuration(kind: kind, baseURL: baseURL, key: key))
    }

    /// Whether the actions in a kind of response are the ones that apply to its provider's bars, see `DataProvider`.
    package static func bringsOwnActions(_ provider: String, kind: String) -> Bool {
        kind != ManualOverride.kind && self.provider(named: provider, kind: kind)?.bringsOwnActions ?? false
    }

    /// The providers whose bars are adjusted by another provider's actions, given the kinds of responses archived for an instrument: no kind
    /// brings actions of its own.
    ///
    /// `order` adds the providers of the source precedence, even without archived responses.
    package static func withoutActions(kinds: [(provider: String, kind: String)], order: [String]) -> Set<String> {
        let own = kinds.filter { bringsOwnActions($0.provider, kind: $0.kind) }.map(\.provider)
        return Set(kinds.map(\.provider) + order).subtracting(own)
    }
}
