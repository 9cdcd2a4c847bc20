/// The sum of the last `length` values of a series, kept up to date in constant time without drift: each addition's rounding error
/// is computed exactly (Knuth's TwoSum) and carried along, so a value that leaves takes all of itself with it.
struct WindowSum: Sendable {
    private let length: Int
    private let least: Int
    private var count = 0
    private var high = 0.0
    private var low = 0.0

    /// Fewer than max(2, ⌊0.8 · length⌋) values make no mean.
    init(_ length: Int) {
        self.length = length
        least = max(2, length * 8 / 10)
    }

    /// Takes in the series' newest value and lets go of the one that left the window. `series` holds at least `length` + 1.
    mutating func slide(_ series: borrowing Lookback) {
        add(series[0])
        if count == length { add(-series[length]) } else { count += 1 }
    }

    var mean: Double { count < least ? .nan : (high + low) / Double(count) }

    private mutating func add(_ value: Double) {
        let sum = high + value
        let part = sum - high
        low += (high - (sum - part)) + (value - part)
        high = sum
    }

    mutating func pass(_ coder: inout some StateCoder) {
        coder.pass(&count)
        coder.pass(&high)
        coder.pass(&low)
    }
}
