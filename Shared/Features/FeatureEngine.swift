package import Market

/// The features of one symbol in one pass over its sessions, in double precision: `append` them in order and each answer depends on
/// the sessions so far, never on how they were batched.
///
/// Prices and volumes may be as traded: they are chained forward by splits and dividends inside, so a split changes no feature.
/// Windows count the symbol's own sessions; means, medians and extremes need max(2, ⌊0.8 n⌋) values. Sums over windows are
/// trees of sums (`RollingAggregates`), so they do not drift. Formulas: `FeatureBlock+Formulas.swift`; going on later: `state`.
package struct FeatureEngine: Sendable {
    private var intake = BarAccumulator()
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
            let block = FeatureBlock()
            observations.withUnsafeBufferPointer { observations in
                var next = 0
                while next < observations.count {
                    windows.run(block, tables) { open in next = intake.take(observations, from: next, into: block, open, tables) }
                }
            }
        }
    }

    mutating func pass(_ coder: inout some StateCoder) {
        intake.pass(&coder)
        windows.pass(&coder)
    }
}
