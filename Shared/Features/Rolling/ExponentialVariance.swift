/// RiskMetrics variance: the exponentially weighted mean of squares, starting at the plain mean of the first 60 squares.
struct ExponentialVariance: Sendable {
    static let warmUp = 60

    private let decay: Double
    private var seen = 0
    private var squares = 0.0
    private var variance = Double.nan

    init(_ decay: Double) { self.decay = decay }

    /// Whether 60 squares have been added.
    var isWarm: Bool { seen == Self.warmUp }

    /// Adds one of the first 60 squares and returns the variance, NaN before the 60th.
    mutating func warm(_ square: Double) -> Double {
        guard !isWarm else { return variance }
        squares += square
        seen += 1
        variance = isWarm ? squares / Double(seen) : .nan
        return variance
    }

    /// Adds a square and returns the new variance.
    @inline(__always)
    mutating func append(_ square: Double) -> Double {
        variance = (decay * variance).addingProduct(1 - decay, square)
        return variance
    }

    /// Reads or writes the state's numbers.
    mutating func code(_ coder: inout some StateCoder) {
        coder.code(&seen)
        coder.code(&squares)
        coder.code(&variance)
    }
}
