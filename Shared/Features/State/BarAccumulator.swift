import Market

/// Chains a symbol's bars forward: what its splits and dividends made of one share.
struct BarAccumulator: Sendable {
    private var steps = 0
    private var previousClose = Double.nan
    private var pendingSplit = 1.0
    private var pendingDividend = 0.0
    private var shares = 1.0

    /// Fills the block with the valid bars from `first` on and answers the place after the last that was looked at.
    mutating func take(
        _ observations: UnsafeBufferPointer<Observation>, from first: Int, into block: FeatureBlock, _ open: SessionSeries.Open,
        _ tables: FeatureRows.Tables
    ) -> Int {
        block.count = 0
        var next = first
        while next < observations.count, block.count < FeatureBlock.room {
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

    mutating func pass(_ coder: inout some StateCoder) {
        coder.pass(&steps)
        coder.pass(&previousClose)
        coder.pass(&pendingSplit)
        coder.pass(&pendingDividend)
        coder.pass(&shares)
    }
}
