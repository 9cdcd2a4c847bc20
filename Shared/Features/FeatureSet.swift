/// The names, order and version of the features that models read. Any change of formula, name, order or `expiry` needs a new `version`.
package enum FeatureSet {
    /// Stored beside every feature row, model and forecast.
    package static let version = "f1"

    /// Stored names of the 28 features of one symbol's own bars, in the order of `FeatureRow.values`.
    package static let symbolNames = [
        "z1", "z5", "z20", "z60", "z120", "mom12_1", "gap", "intraday", "range", "clv", "lsig", "v5", "v20", "v60_20", "v250_60", "park10",
        "gk20", "semi20", "maxabs20", "skew60", "rsi14", "dsma20", "dhigh250", "dlow250", "macd", "lvol", "lvol5_60", "amihud",
    ]

    /// Stored names of the six features that compare a symbol with its universe, in the order of `CrossSectionEngine`'s rows.
    package static let crossNames = ["beta60", "idio", "rk5", "rk20", "rkmom", "rksig"]

    /// Names of all 34 features: first `symbolNames`, then `crossNames`.
    package static let names = symbolNames + crossNames

    /// Names of the 20 features that sequence models read as windows.
    package static let sequenceNames = [
        "z1", "gap", "intraday", "range", "clv", "lsig", "v5", "v20", "v60_20", "v250_60", "park10", "semi20", "rsi14", "dsma20",
        "dhigh250", "lvol", "lvol5_60", "beta60", "rk20", "rkmom",
    ]

    /// Positions of `sequenceNames` in `names`.
    package static let sequenceIndices = sequenceNames.compactMap { names.firstIndex(of: $0) }

    /// A feature row expires this many sessions after its own: horizons 1 and 5 are over by then.
    package static let expiry = 5

    /// The largest absolute value of a stored feature.
    package static let limit = 8.0

    /// The stored form of a value: clipped to ±`limit`, single precision, NaN unchanged.
    static func stored(_ value: Double) -> Float {
        value.isNaN ? .nan : Float(min(max(value, -limit), limit))
    }
}

/// The features of one symbol's own bars. The raw value is the position in a row and in `FeatureSet.symbolNames`.
///
/// σ is the daily EWMA 0.94 volatility, at least 0.003; RMS n the root mean square of the last n log returns, at least 0.002.
enum SymbolFeature: Int, CaseIterable {
    /// Log total return of the session / σ.
    case z1
    /// Log total return over n = 5, 20, 60 or 120 sessions / (σ √n).
    case z5, z20, z60, z120
    /// Log total return from 250 to 20 sessions ago / (σ √230).
    case mom12_1
    /// Overnight log return / σ.
    case gap
    /// ln(close / open) / σ.
    case intraday
    /// ln(high / low) / σ.
    case range
    /// Position of the close between low (−½) and high (½).
    case clv
    /// ln σ + 4.
    case lsig
    /// ln(RMS 5 / σ) and ln(RMS 20 / σ).
    case v5, v20
    /// ln(RMS 60 / RMS 20).
    case v60_20
    /// ln(RMS 250 / RMS 60).
    case v250_60
    /// ln(Parkinson's volatility over 10 sessions / σ).
    case park10
    /// ln(Garman and Klass's volatility over 20 sessions / σ).
    case gk20
    /// √(share of losses in the squared returns of 20 sessions) − 0.707.
    case semi20
    /// Largest absolute return of 20 sessions / RMS 60.
    case maxabs20
    /// Sample skewness of 60 returns.
    case skew60
    /// Relative strength index over 14 sessions, from −½ to ½.
    case rsi14
    /// ln(total-return level / its mean over 20 sessions) / (σ √20).
    case dsma20
    /// ln(level / its highest and its lowest of 250 sessions) / (σ √250).
    case dhigh250, dlow250
    /// (exponential mean over 12 sessions − over 26) of the level / (level · σ).
    case macd
    /// ln(volume / its median over 20 sessions).
    case lvol
    /// ln(mean volume over 5 sessions / over 60).
    case lvol5_60
    /// Amihud's illiquidity: ln(mean absolute return / mean turnover) over 20 sessions, less the mean of that over 250.
    case amihud

    /// The number of features; a constant to the optimiser, unlike `allCases.count`.
    static var count: Int { amihud.rawValue + 1 }
}

/// The features that compare a symbol with the universe of its session. The raw value is the position in a row and in
/// `FeatureSet.crossNames`.
enum CrossSectionFeature: Int, CaseIterable {
    /// Beta to the universe's mean return over 60 sessions, less 1.
    case beta60
    /// ln(deviation of the residuals from that beta over 60 sessions / RMS 60).
    case idio
    /// Percent rank in the universe, less ½, of the log return over 5 sessions.
    case rk5
    /// Percent rank in the universe, less ½, of the log return over 20 sessions.
    case rk20
    /// Percent rank in the universe, less ½, of the log return from 250 to 20 sessions ago.
    case rkmom
    /// Percent rank in the universe, less ½, of σ.
    case rksig

    /// The number of features.
    static var count: Int { rksig.rawValue + 1 }
}
