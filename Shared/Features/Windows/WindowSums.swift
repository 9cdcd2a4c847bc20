/// Four sums over windows, kept up to date in constant time without drift: each addition's rounding error is computed exactly
/// (Knuth's TwoSum) and carried along, so a value that leaves takes all of itself with it.
struct WindowSums: Sendable {
    private var high = Four(repeating: 0)
    private var low = Four(repeating: 0)

    /// Takes the values that are new in and lets go of those that left.
    @inline(__always)
    mutating func slide(in entering: Four, out leaving: Four) {
        add(entering)
        add(-leaving)
    }

    var sums: Four {
        @inline(__always) get { high + low }
    }

    @inline(__always)
    private mutating func add(_ value: Four) {
        let sum = high + value
        let part = sum - high
        low += (high - (sum - part)) + (value - part)
        high = sum
    }

    mutating func pass(_ coder: inout some StateCoder) {
        for lane in 0..<4 {
            coder.pass(&high[lane])
            coder.pass(&low[lane])
        }
    }
}

/// What turns sums over windows into means: 1 / n, and NaN below max(2, ⌊0.8 · length⌋) values.
struct WindowShares {
    private let lengths: Four
    private let least: Four

    init(_ a: Double, _ b: Double, _ c: Double, _ d: Double) {
        lengths = Four(a, b, c, d)
        least = greater((lengths * 0.8).rounded(.down), Four(repeating: 2))
    }

    /// - Parameter sessions: that have been, this one included.
    @inline(__always)
    func after(_ sessions: Int) -> Four {
        let seen = Four(repeating: Double(sessions))
        let counts = lesser(lengths, seen)
        return lanes { counts[$0] < least[$0] ? .nan : 1 / counts[$0] }
    }
}
