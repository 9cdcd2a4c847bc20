/// One session as input of the feature engine: as-traded prices, and the splits and dividends since the session before.
///
/// Its log total return is `ln((close · split + dividend) / close[-1])`.
package struct Observation: Hashable, Sendable {
    package let session: SessionDate
    package let open, high, low, close: Double
    /// Shares, as traded.
    package let volume: Double
    /// New shares for one old share since this session's open; 1 without a split.
    package let split: Double
    /// Cash for one share held before this session (before a split of the same day).
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
