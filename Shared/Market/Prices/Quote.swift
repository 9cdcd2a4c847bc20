/// The latest price of an instrument and its day so far.
package struct Quote: Hashable, Sendable {
    package let price: Price
    package var open, high, low, previousClose: Price?
    package var volume: Double?
    /// The session that the price belongs to, where the provider says.
    package var session: SessionDate?
    /// When it was traded, where the provider says.
    package var time: Instant?

    package init(price: Price) { self.price = price }
}
