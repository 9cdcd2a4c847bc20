/// The sample skewness (adjusted Fisher-Pearson, as pandas has it) of the last `length` values, from their deviations: two passes
/// over the window each time, because running third moments cancel badly.
struct WindowSkewness: Sendable {
    private let length: Int
    private let least: Int
    private var count = 0

    init(_ length: Int) {
        self.length = length
        least = max(3, length * 8 / 10)
    }

    /// Takes the series' newest value in; `series` holds at least `length` values. 0 when all values are equal, NaN when their
    /// variance is at most 10⁻¹⁴ or they are too few.
    mutating func slide(_ series: borrowing Lookback) -> Double {
        count = min(count + 1, length)
        guard count >= least else { return .nan }
        let size = Double(count)
        var sum = 0.0
        var equal = true
        for back in 0..<count {
            sum += series[back]
            equal = equal && series[back] == series[0]
        }
        if equal { return 0 }
        let mean = sum / size
        var second = 0.0
        var third = 0.0
        for back in 0..<count {
            let deviation = series[back] - mean
            let square = deviation * deviation
            second += square
            third += square * deviation
        }
        let variance = second / size
        guard variance > 1e-14 else { return .nan }
        return (size * (size - 1)).squareRoot() * (third / size) / ((size - 2) * variance * variance.squareRoot())
    }

    mutating func pass(_ coder: inout some StateCoder) { coder.pass(&count) }
}
