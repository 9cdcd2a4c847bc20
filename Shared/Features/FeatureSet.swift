/// The names and the order of everything that models read. A change of any formula, name, order or `expiry` is a new `version`.
package enum FeatureSet {
    /// Stored beside every feature row, model and forecast.
    package static let version = "f1"

    /// The 28 features of one symbol's own bars, in the order of `FeatureRow.values`.
    package static let symbolNames = [
        "z1", "z5", "z20", "z60", "z120", "mom12_1", "gap", "intraday", "range", "clv", "lsig", "v5", "v20", "v60_20", "v250_60",
        "park10", "gk20", "semi20", "maxabs20", "skew60", "rsi14", "dsma20", "dhigh250", "dlow250", "macd", "lvol", "lvol5_60",
        "amihud",
    ]

    /// The six that need the session's universe, in the order that `CrossSectionEngine` answers.
    package static let crossNames = ["beta60", "idio", "rk5", "rk20", "rkmom", "rksig"]

    /// All 34: the symbol's own, then the cross-section's.
    package static let names = symbolNames + crossNames

    /// The 20 that sequence models read as windows.
    package static let sequenceNames = [
        "z1", "gap", "intraday", "range", "clv", "lsig", "v5", "v20", "v60_20", "v250_60", "park10", "semi20", "rsi14", "dsma20",
        "dhigh250", "lvol", "lvol5_60", "beta60", "rk20", "rkmom",
    ]

    /// Where `sequenceNames` stand in `names`.
    package static let sequenceIndices = sequenceNames.compactMap { names.firstIndex(of: $0) }

    /// How many sessions of its exchange a row may stand for its instrument after its own: by then two of the three horizons are over.
    package static let expiry = 5

    /// Every feature is cut to ±`limit`.
    package static let limit = 8.0

    /// The stored form of a value: cut, single precision, NaN kept.
    static func stored(_ value: Double) -> Float {
        value.isNaN ? .nan : Float(min(max(value, -limit), limit))
    }
}
