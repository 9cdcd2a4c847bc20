/// A listing on one exchange. `id` is its identity everywhere; each provider has its own spelling of the symbol.
package struct Instrument: Hashable, Sendable, Codable {
    /// `MIC:SYMBOL`, such as `XNAS:AAPL`.
    package let id: String
    package let symbol: String
    /// ISO 10383 market identifier code.
    package let exchange: String
    /// ISO 4217 code.
    package let currency: String
    package let name: String

    package init(id: String, symbol: String, exchange: String, currency: String, name: String) {
        self.id = id
        self.symbol = symbol
        self.exchange = exchange
        self.currency = currency
        self.name = name
    }
}
