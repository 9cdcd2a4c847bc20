package import Market

/// Computes the features of one symbol in one pass over its sessions, in double precision.
///
/// A row depends on the sessions up to its own, not on how they were batched. Prices and volumes may be unadjusted: splits and dividends
/// adjust them forward, so a split changes no feature. Windows count the symbol's own sessions; means, medians and extremes need
/// max(2, ⌊0.8 n⌋) values. Window sums are trees of sums (`RollingAggregates`) and do not drift. Definitions: `SymbolFeature`; formulas:
/// `FeatureBlock+Formulas.swift`; resuming later: `state`.
package struct FeatureEngine: Sendable {
    private var bars = BarAccumulator()
    private var windows = FeatureState()

    package init() {}

    /// Adds the next session and returns its features. Sessions must ascend.
    ///
    /// An observation without a valid price (not finite, not positive) yields a row of NaN; its split and dividend apply to the next valid
    /// session. A volume below one share, or none, counts as one share.
    package mutating func append(_ observation: Observation) -> FeatureRow { append(contentsOf: [observation])[0] }

    /// Adds many sessions; bit-identical to adding them one by one, and many times as fast.
    package mutating func append(contentsOf observations: [Observation]) -> FeatureRows {
        var rows = FeatureRows()
        append(contentsOf: observations, to: &rows)
        return rows
    }

    /// Adds many sessions and replaces the contents of `rows` by their features.
    package mutating func append(contentsOf observations: [Observation], to rows: inout FeatureRows) {
        rows.replace(observations) { tables in
            let block = FeatureBlock()
            observations.withUnsafeBufferPointer { observations in
                var next = 0
                while next < observations.count {
                    windows.run(block, tables) { open in next = bars.append(observations, from: next, into: block, open, tables) }
                }
            }
        }
    }

    /// Reads or writes the numbers of the state.
    private mutating func code(_ coder: inout some StateCoder) {
        bars.code(&coder)
        windows.code(&coder)
    }
}

extension FeatureEngine {
    /// Version of the state's fields, their order and the depth of the windows.
    private static let layout = 3

    /// The state on which later rows depend, about 8 kB. Equal histories have equal states, byte for byte.
    package var state: [UInt8] {
        var writer = StateWriter()
        var (layout, copy) = (FeatureEngine.layout, self)
        writer.code(&layout)
        copy.code(&writer)
        return writer.bytes
    }

    /// Restores the engine after the session of a `state`; later rows are bit-identical. nil for bytes of another layout.
    package init?(state: [UInt8]) {
        self.init()
        var reader = StateReader(state)
        var layout = 0
        reader.code(&layout)
        guard layout == FeatureEngine.layout else { return nil }
        code(&reader)
        guard reader.isComplete else { return nil }
    }
}
