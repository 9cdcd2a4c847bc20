package import Market

/// The features of one symbol in one pass over its sessions, in double precision: `append` them in order and each answer depends on
/// the sessions so far, never on how they were batched.
///
/// Prices and volumes may be as traded: they are chained forward by splits and dividends inside, so a split changes no feature.
/// Windows count the symbol's own sessions; means, medians and extremes need max(2, ⌊0.8 n⌋) values. Sums over windows are
/// compensated (`WindowSum`), so they do not drift. Formulas: `FeatureState.swift`; going on later: `state`.
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
    /// behind, for the next valid one.
    package mutating func append(_ observation: Observation) -> FeatureRow {
        let bar = observation
        pendingDividend += bar.dividend * pendingSplit
        pendingSplit *= bar.split
        guard min(bar.open, bar.high, bar.low, bar.close) > 0, (bar.open + bar.high + bar.low + bar.close).isFinite else {
            return .missing(bar.session)
        }
        let growth = steps == 0 ? .nan : (bar.close * pendingSplit + pendingDividend) / previousClose
        if steps > 0 { shares *= pendingSplit }
        pendingSplit = 1
        pendingDividend = 0
        let row = windows.append(bar, growth: growth, shares: shares)
        previousClose = bar.close
        steps += 1
        return row
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

extension FeatureRow {
    fileprivate static func missing(_ session: SessionDate) -> FeatureRow {
        FeatureRow(
            session: session, values: [Float](repeating: .nan, count: FeatureSet.symbolNames.count), logReturn: .nan, sigma94: .nan,
            sigma97: .nan, blend: .nan, crossInput: CrossInput(return5: .nan, return20: .nan, momentum: .nan, deviation60: .nan))
    }
}
