/// One session as input of the feature engine: as-traded prices, and the splits and dividends since the previous session.
///
/// Its log total return is `ln((close · split + dividend) / close[-1])`.
package struct Observation: Hashable, Sendable {
    package let session: SessionDate
    package let open, high, low, close: Double
    /// Shares, as traded.
    package let volume: Double
    /// New shares per old share, in force from this session's open; 1 without a split.
    package let split: Double
    /// Dividends per share held before this session (before a split of the same day).
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
