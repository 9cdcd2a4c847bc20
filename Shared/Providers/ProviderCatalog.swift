/// All providers by name. A new one is a new case here and a file of its own.
package enum ProviderCatalog {
    package static let names = [YahooChart.name, AlphaVantageDaily.name]

    /// The provider of a stored name (and kind); nil for an unknown one. `baseURL` nil is the provider's own address. `key` is needed
    /// to ask and to redact, not to parse.
    package static func provider(
        named name: String, kind: String? = nil, baseURL: String? = nil, key: String? = nil
    ) -> (any DataProvider)? {
        switch name {
        case YahooChart.name: return baseURL.map { YahooChart(baseURL: $0) } ?? YahooChart()
        case AlphaVantageDaily.name:
            let adjusted = kind == "daily-adjusted"
            return baseURL.map { AlphaVantageDaily(baseURL: $0, key: key, adjusted: adjusted) }
                ?? AlphaVantageDaily(key: key, adjusted: adjusted)
        default: return nil
        }
    }
}
