/// One session as the feature engine sees it: as-traded prices and what happened to the share since the session before.
///
/// Its log total return is `ln((close · split + dividend) / close[-1])`.
package struct Observation: Hashable, Sendable {
    package let session: SessionDate
    package let open, high, low, close: Double
    /// Shares, as traded.
    package let volume: Double
    /// New shares for one old share, in force since this session's open; 1 = none.
    package let split: Double
    /// Cash for one old share (before the split of the same day), ex this session.
    package let dividend: Double

    package init(
        session: SessionDate, open: Double, high: Double, low: Double, close: Double, volume: Double, split: Double = 1,
        dividend: Double = 0
    ) {
        self.session = session
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.split = split
        self.dividend = dividend
    }
}
