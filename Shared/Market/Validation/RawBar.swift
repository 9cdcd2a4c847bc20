/// One daily bar as a provider sent it, before any rule has checked it. A field that the provider left out or sent as null is nil.
package struct RawBar: Sendable {
    package var session: SessionDate
    /// Prices of one share in the unit in which the provider quotes, such as pence.
    package var open, high, low, close: Double?
    /// Shares traded in the session.
    package var volume: Double?

    package init(session: SessionDate, open: Double?, high: Double?, low: Double?, close: Double?, volume: Double?) {
        self.session = session
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }

    package init(_ bar: Bar) {
        self.init(
            session: bar.session, open: bar.open.double, high: bar.high.double, low: bar.low.double, close: bar.close.double,
            volume: bar.volume)
    }
}
