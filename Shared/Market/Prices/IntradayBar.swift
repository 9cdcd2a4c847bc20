/// The prices and the volume of one interval within a session of one instrument, as the provider sent them.
package struct IntradayBar: Hashable, Sendable {
    package let start: Instant
    /// The exchange-local date.
    package let session: SessionDate
    package let open, high, low, close: Price
    /// The volume in shares; nil if the provider sends none.
    package let volume: Double?

    package init(start: Instant, session: SessionDate, open: Price, high: Price, low: Price, close: Price, volume: Double?) {
        self.start = start
        self.session = session
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }
}
