/// A share, index or pair listed on one exchange. Tables and APIs identify it by `id`; each provider spells its symbol in its own way.
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
