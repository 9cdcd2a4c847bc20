/// RiskMetrics variance: the exponentially weighted mean of a series of squares, started at the plain mean of its first 60.
struct ExponentialVariance: Sendable {
    static let warmUp = 60

    private let decay: Double
    private var seen = 0
    private var squares = 0.0
    private var variance = Double.nan

    init(_ decay: Double) { self.decay = decay }

    /// Takes one square in and returns the variance that is then known; NaN until 60 squares.
    @inline(__always)
    mutating func append(_ square: Double) -> Double {
        if seen == Self.warmUp {
            variance = decay * variance + (1 - decay) * square
        } else {
            squares += square
            seen += 1
            if seen == Self.warmUp { variance = squares / Double(seen) }
        }
        return variance
    }

    mutating func pass(_ coder: inout some StateCoder) {
        coder.pass(&seen)
        coder.pass(&squares)
        coder.pass(&variance)
    }
}
