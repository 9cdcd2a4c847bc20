/// RiskMetrics variance: the exponentially weighted mean of a series of squares, started at the plain mean of its first 60.
struct ExponentialVariance: Sendable {
    static let warmUp = 60

    private let decay: Double
    private var seen = 0
    private var squares = 0.0
    private var variance = Double.nan

    init(_ decay: Double) { self.decay = decay }

    /// Whether the first 60 squares are in.
    var isWarm: Bool { seen == Self.warmUp }

    /// Takes one of the first 60 squares in; NaN until the last of them.
    mutating func warm(_ square: Double) -> Double {
        guard !isWarm else { return variance }
        squares += square
        seen += 1
        variance = isWarm ? squares / Double(seen) : .nan
        return variance
    }

    /// Takes one more square in and returns the variance that is then known.
    @inline(__always)
    mutating func append(_ square: Double) -> Double {
        variance = (decay * variance).addingProduct(1 - decay, square)
        return variance
    }

    mutating func pass(_ coder: inout some StateCoder) {
        coder.pass(&seen)
        coder.pass(&squares)
        coder.pass(&variance)
    }
}
