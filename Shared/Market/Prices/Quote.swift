/// The latest price of an instrument, with the open, high, low and volume of its session so far.
package struct Quote: Hashable, Sendable {
    /// The price of the last trade, in the major unit of the instrument's currency, as are all prices of a quote.
    package let price: Price
    /// The session's open, high and low so far and the close of the session before; nil if the provider does not report them.
    package var open, high, low, previousClose: Price?
    /// Shares traded in the session so far; nil if the provider does not report them.
    package var volume: Double?
    /// The session of the price; nil if the provider does not report it.
    package var session: SessionDate?
    /// The time of the trade; nil if the provider does not report it.
    package var time: Instant?

    package init(price: Price) { self.price = price }
}
