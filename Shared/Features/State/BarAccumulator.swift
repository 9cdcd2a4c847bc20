import Market

/// Adjusts a symbol's bars forward for its splits and dividends, and skips bars without a valid price.
struct BarAccumulator: Sendable {
    private var steps = 0
    private var previousClose = Double.nan
    private var pendingSplit = 1.0
    private var pendingDividend = 0.0
    private var shares = 1.0

    /// Fills the block with the valid bars from `first` on; invalid bars get rows of NaN.
    ///
    /// - Returns: the index after the last observation that was read.
    mutating func append(
        _ observations: UnsafeBufferPointer<Observation>, from first: Int, into block: FeatureBlock, _ open: SessionSeries.Open,
        _ tables: FeatureRows.Tables
    ) -> Int {
        block.count = 0
        var next = first
        while next < observations.count, block.count < FeatureBlock.capacity {
            let bar = observations[next]
            next += 1
            pendingDividend += bar.dividend * pendingSplit
            pendingSplit *= bar.split
            guard min(bar.open, bar.high, bar.low, bar.close) > 0, (bar.open + bar.high + bar.low + bar.close).isFinite else {
                tables.clear(next - 1)
                continue
            }
            let growth = steps == 0 ? .nan : (bar.close * pendingSplit + pendingDividend) / previousClose
            if steps > 0 { shares *= pendingSplit }
            pendingSplit = 1
            pendingDividend = 0
            block.append(bar, growth: growth, shares: shares, place: next - 1, open)
            previousClose = bar.close
            steps += 1
        }
        return next
    }

    /// Reads or writes the state's numbers.
    mutating func code(_ coder: inout some StateCoder) {
        coder.code(&steps)
        coder.code(&previousClose)
        coder.code(&pendingSplit)
        coder.code(&pendingDividend)
        coder.code(&shares)
    }
}
