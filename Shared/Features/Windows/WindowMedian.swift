/// The median of the last `length` values, kept sorted.
struct WindowMedian: Sendable {
    private let length: Int
    private let least: Int
    private var sorted: [Double] = []

    /// Fewer than max(2, ⌊0.8 · length⌋) values have no median.
    init(_ length: Int) {
        self.length = length
        least = max(2, length * 8 / 10)
        sorted.reserveCapacity(length + 1)
    }

    /// `series` holds at least `length` + 1 values, none of them NaN.
    mutating func slide(_ series: borrowing Lookback) {
        if sorted.count == length { sorted.remove(at: position(of: series[length])) }
        let value = series[0]
        sorted.insert(value, at: position(of: value))
    }

    var median: Double {
        guard sorted.count >= least else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private func position(of value: Double) -> Int {
        var index = 0
        while index < sorted.count, sorted[index] < value { index &+= 1 }
        return index
    }

    mutating func pass(_ coder: inout some StateCoder) {
        var count = sorted.count
        coder.pass(&count)
        count = min(max(count, 0), length)
        if sorted.count != count { sorted = [Double](repeating: 0, count: count) }
        for index in 0..<count { coder.pass(&sorted[index]) }
    }
}
