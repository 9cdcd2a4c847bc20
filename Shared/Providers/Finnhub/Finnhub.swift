import Market

/// The address and traits that Finnhub's responses share.
package enum Finnhub {
    package static let name = "finnhub"
    package static let baseURL = "https://finnhub.io"
    package static let traits = ProviderTraits(
        close: .splitAdjusted,
        limits: ProviderLimits(perMinute: 60, concurrency: 4),
        symbols: SymbolRules(
            suffixes: Yahoo.suffixes, currencies: .init(prefix: "OANDA:", sign: "_"), crypto: .init(prefix: "BINANCE:", sign: "")))

    static func request(_ url: String, key: String?) -> ProviderRequest {
        ProviderRequest(url: url, keyHeader: key.map { (name: "X-Finnhub-Token", value: $0) })
    }
}
