/// One session of one instrument, as traded: neither splits nor dividends are in the prices or the volume.
package struct Bar: Hashable, Sendable {
    package let session: SessionDate
    package let open, high, low, close: Price
    /// Shares.
    package let volume: Double

    package init(session: SessionDate, open: Price, high: Price, low: Price, close: Price, volume: Double) {
        self.session = session
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }
}
