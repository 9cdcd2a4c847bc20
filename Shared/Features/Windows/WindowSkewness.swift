/// The sample skewness (adjusted Fisher-Pearson, as pandas has it) of each last 60 returns, from their deviations: one pass over
/// the window each time, because running third moments cancel badly.
enum WindowSkewness {
    static let length = 60
    private static let least = 48

    /// - Parameters:
    ///   - returns: the new session's at [0], the past before it.
    ///   - sums: Σ of the last 60.
    ///   - run: how many returns up to this one are the same.
    ///   - before: returns that have been before the first new one.
    ///   - skewness: takes 0 when all values are the same, NaN when their variance is at most 10⁻¹⁴ or they are fewer than 48.
    static func slide(
        _ returns: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>, run: UnsafeMutablePointer<Double>, count: Int,
        before: Int, into skewness: UnsafeMutablePointer<Double>
    ) {
        var start = 0
        while start < count, before + start + 1 < length {
            let size = before + start + 1
            let mean = Four(repeating: sums[start] / Double(max(size, 1)))
            let moments = Moments(returns + start, (mean, mean, mean), size: max(size, 0))
            skewness[start] = size < least ? .nan : moments.first.skewness(run.four(start), size: Double(size))[0]
            start += 1
        }
        let share = 1 / Double(length)
        while start < count {
            let means = (sums.four(start) * share, sums.four(start + 4) * share, sums.four(start + 8) * share)
            let moments = Moments(returns + start, means, size: length)
            skewness.store(moments.first.skewness(run.four(start), size: Double(length)), start)
            skewness.store(moments.second.skewness(run.four(start + 4), size: Double(length)), start + 4)
            skewness.store(moments.third.skewness(run.four(start + 8), size: Double(length)), start + 8)
            start += 12
        }
    }
}

/// Σ d² and Σ d³ over four windows.
private struct Sums {
    var squares = Four(repeating: 0), cubes = Four(repeating: 0)

    @inline(__always)
    mutating func add(_ deviation: Four) {
        let square = deviation * deviation
        squares += square
        cubes += square * deviation
    }

    @inline(__always)
    func skewness(_ run: Four, size: Double) -> Four {
        let variance = squares * (1 / size)
        let unbiased = (size * (size - 1)).squareRoot() / (size * (size - 2))
        let skewness = cubes * unbiased / (variance * roots(variance))
        return lanes { run[$0] >= size ? 0 : variance[$0] > 1e-14 ? skewness[$0] : .nan }
    }
}

/// The sums over windows that end at twelve neighbouring sessions, newest first: enough chains to keep the adders busy.
private struct Moments {
    var first = Sums(), second = Sums(), third = Sums()

    /// Not inlined: beside blends the optimiser would halve the vectors.
    @inline(never)
    init(_ returns: UnsafeMutablePointer<Double>, _ means: (Four, Four, Four), size: Int) {
        for back in 0..<size {
            first.add(returns.four(-back) - means.0)
            second.add(returns.four(4 - back) - means.1)
            third.add(returns.four(8 - back) - means.2)
        }
    }
}
