/// The latest price of an instrument, with the open, high, low and volume of its session so far.
package struct Quote: Hashable, Sendable {
    package let price: Price
    package var open, high, low, previousClose: Price?
    package var volume: Double?
    /// The session of the price; nil if the provider does not report it.
    package var session: SessionDate?
    /// The time of the trade; nil if the provider does not report it.
    package var time: Instant?

    package init(price: Price) { self.price = price }
}
