/// The last 60 values of a series, holes as NaN, with a mean that is summed afresh each time from the oldest on.
struct SixtyValues: Sendable {
    private var items = [Double](repeating: .nan, count: 60)
    private var next = 0

    mutating func push(_ value: Double) {
        items[next] = value
        next = next == 59 ? 0 : next + 1
    }

    /// The mean of the values that are no holes; NaN when they are fewer than `least`.
    func mean(least: Int) -> Double {
        var sum = 0.0
        var count = 0
        for index in 0..<60 {
            let value = items[next + index < 60 ? next + index : next + index - 60]
            guard !value.isNaN else { continue }
            sum += value
            count += 1
        }
        return count < least ? .nan : sum / Double(count)
    }
}
