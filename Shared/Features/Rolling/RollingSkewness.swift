/// Sample skewness (adjusted Fisher-Pearson, as in pandas) over windows of 60 returns.
///
/// It is computed from power sums, or from the deviations where the power sums would cancel because the mean is much larger than the
/// deviation.
enum RollingSkewness {
    static let length = 60
    private static let least = 48
    /// The smallest ratio of variance to squared mean at which power sums are used; there they lose five of sixteen digits.
    private static let smallestRatio = 1e-3

    /// Writes the skewness of each window.
    ///
    /// - Parameters:
    ///   - returns: the first new return at [0], earlier returns before it.
    ///   - sums: Σ r of the last 60.
    ///   - squares: the mean of r².
    ///   - cubes: Σ r³.
    ///   - before: the number of returns before the first new one.
    ///   - skewness: receives 0 when all returns are equal, NaN when their variance is at most 10⁻¹⁴ or they are fewer than 48.
    static func slide(
        _ returns: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>,
        cubes: UnsafeMutablePointer<Double>, count: Int, before: Int, into skewness: UnsafeMutablePointer<Double>
    ) {
        let filling = max(0, min(count, length - 1 - before))
        fromSums(sums, squares, cubes, filling..<count, skewness)
        for i in 0..<filling { skewness[i] = fromDeviations(returns + i, before + i + 1) }
        for i in filling..<max(filling, count) where skewness[i].isNaN { skewness[i] = fromDeviations(returns + i, length) }
    }

    /// The skewness from power sums; NaN where the sums cancel.
    private static func fromSums(
        _ sums: UnsafeMutablePointer<Double>, _ squares: UnsafeMutablePointer<Double>, _ cubes: UnsafeMutablePointer<Double>,
        _ range: Range<Int>, _ skewness: UnsafeMutablePointer<Double>
    ) {
        let size = Double(length)
        let unbiased = (size * (size - 1)).squareRoot() / (size - 2)
        skewness.fill(range) { i in
            let mean = sums.double4(i) * (1 / size)
            let square = mean * mean
            let variance = squares.double4(i) - square
            let third = cubes.double4(i) * (1 / size) - mean * (squares.double4(i) * 3 - square * 2)
            let value = third * unbiased / (variance * variance.squareRoot())
            return value.replacing(with: .nan, where: variance .<= greater(square * smallestRatio, Double4(repeating: 1e-13)))
        }
    }

    private static func fromDeviations(_ returns: UnsafeMutablePointer<Double>, _ size: Int) -> Double {
        guard size >= least else { return .nan }
        let window = UnsafeBufferPointer(start: returns - (size - 1), count: size)
        guard window.contains(where: { $0 != window[0] }) else { return 0 }
        let n = Double(size)
        let mean = window.reduce(0, +) / n
        let (squares, cubes) = window.reduce((0.0, 0.0)) { sums, value in
            let deviation = value - mean
            return (sums.0 + deviation * deviation, sums.1 + deviation * deviation * deviation)
        }
        let variance = squares / n
        guard variance > 1e-14 else { return .nan }
        return cubes * (n * (n - 1)).squareRoot() / (n * (n - 2)) / (variance * variance.squareRoot())
    }
}
