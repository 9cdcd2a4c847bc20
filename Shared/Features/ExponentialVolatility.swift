/// RiskMetrics volatility: the exponentially weighted root mean square of a series, started at the plain mean of its first 60
/// squares.
struct ExponentialVolatility: Sendable {
    static let warmUp = 60
    static let floor = 0.003

    private let decay: Double
    private var seen = 0
    private var squares = 0.0
    private var variance = Double.nan

    init(_ decay: Double) { self.decay = decay }

    /// Takes one square in and returns the volatility that is then known, at least 0.003; NaN until 60 squares.
    mutating func append(square: Double) -> Double {
        if seen < ExponentialVolatility.warmUp {
            squares += square
            seen += 1
            if seen == ExponentialVolatility.warmUp { variance = squares / Double(seen) }
        } else {
            variance = decay * variance + (1 - decay) * square
        }
        return variance.isNaN ? .nan : max(variance, ExponentialVolatility.floor * ExponentialVolatility.floor).squareRoot()
    }

    mutating func pass(_ coder: inout some StateCoder) {
        coder.pass(&seen)
        coder.pass(&squares)
        coder.pass(&variance)
    }
}
