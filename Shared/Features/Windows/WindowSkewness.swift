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
            let lanes = moments(returns + start, mean: SIMD16(repeating: sums[start] / Double(max(size, 1))), size: max(size, 0))
            let value = skew(lanes.second.four(0), lanes.third.four(0), run.four(start), size: Double(size))
            skewness[start] = size < least ? .nan : value[0]
            start += 1
        }
        while start < count {
            let mean = UnsafeRawPointer(sums + start).loadUnaligned(as: SIMD16<Double>.self) * (1 / Double(length))
            let lanes = moments(returns + start, mean: mean, size: length)
            for part in 0..<4 {
                let place = start + 4 * part
                skewness.store(skew(lanes.second.four(part), lanes.third.four(part), run.four(place), size: Double(length)), place)
            }
            start += 16
        }
    }

    /// Σ d² and Σ d³ over windows that end at sixteen neighbouring sessions, newest first.
    @inline(__always)
    private static func moments(
        _ returns: UnsafeMutablePointer<Double>, mean: SIMD16<Double>, size: Int
    ) -> (second: SIMD16<Double>, third: SIMD16<Double>) {
        var second = SIMD16<Double>(repeating: 0)
        var third = SIMD16<Double>(repeating: 0)
        for back in 0..<size {
            let deviation = UnsafeRawPointer(returns - back).loadUnaligned(as: SIMD16<Double>.self) - mean
            let square = deviation * deviation
            second += square
            third += square * deviation
        }
        return (second, third)
    }

    @inline(__always)
    private static func skew(_ second: Four, _ third: Four, _ run: Four, size: Double) -> Four {
        let variance = second * (1 / size)
        let unbiased = (size * (size - 1)).squareRoot() / (size * (size - 2))
        let skewness = third * unbiased / (variance * roots(variance))
        return lanes { run[$0] >= size ? 0 : variance[$0] > 1e-14 ? skewness[$0] : .nan }
    }
}

extension SIMD16<Double> {
    @inline(__always)
    fileprivate func four(_ part: Int) -> Four {
        switch part {
        case 0: lowHalf.lowHalf
        case 1: lowHalf.highHalf
        case 2: highHalf.lowHalf
        default: highHalf.highHalf
        }
    }
}
