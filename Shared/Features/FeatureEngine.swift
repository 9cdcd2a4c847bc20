package import Market

/// The features of one symbol in one pass over its sessions, in double precision: `append` them in order and each answer depends on
/// the sessions so far, never on how they were batched.
///
/// Prices and volumes may be as traded: they are chained forward by splits and dividends inside, so a split changes no feature.
/// Windows count the symbol's own sessions; means, medians and extremes need max(2, ⌊0.8 n⌋) values. Sums over windows are
/// compensated (`WindowSums`), so they do not drift. Formulas: `FeatureBlock+Formulas.swift`; going on later: `state`.
package struct FeatureEngine: Sendable {
    private var steps = 0
    private var previousClose = Double.nan
    private var pendingSplit = 1.0
    private var pendingDividend = 0.0
    private var shares = 1.0
    private var windows = FeatureState()

    package init() {}

    /// The features known at this session's close. Sessions come in ascending order.
    ///
    /// An observation without a valid price (not finite, not positive) yields a row of NaN and leaves only its split and dividend
    /// behind, for the next valid one. A volume below one share, or none, counts as one share.
    package mutating func append(_ observation: Observation) -> FeatureRow { append(contentsOf: [observation])[0] }

    /// The rows of many sessions, with the bits of one by one, and many times as fast.
    package mutating func append(contentsOf observations: [Observation]) -> FeatureRows {
        var rows = FeatureRows()
        append(contentsOf: observations, to: &rows)
        return rows
    }

    /// The same in place of what `rows` held.
    package mutating func append(contentsOf observations: [Observation], to rows: inout FeatureRows) {
        rows.replace(observations) { tables in
            let block = FeatureBlock(capacity: min(observations.count, SessionSeries.room))
            var next = 0
            while next < observations.count {
                next = take(observations, from: next, into: block, tables)
                windows.run(block)
                block.write(tables)
            }
        }
    }

    /// Fills the block with the valid bars from `first` on and answers the place after the last that was looked at.
    private mutating func take(
        _ observations: [Observation], from first: Int, into block: FeatureBlock, _ tables: FeatureRows.Tables
    ) -> Int {
        block.count = 0
        var next = first
        while next < observations.count, block.count < block.capacity {
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
            block.append(bar, growth: growth, shares: shares, place: next - 1)
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
        windows.pass(&coder)
    }
}
