/// Medians over windows of 20 values, by sorting networks.
///
/// Runs of 2, 4 and 8 neighbours are sorted once for all windows that contain them, four windows side by side, without a branch.
enum RollingMedian {
    static let length = 20
    private static let least = 16

    /// Writes the median of each window.
    ///
    /// - Parameters:
    ///   - values: the first new value at [0], 19 earlier values before it, and memory for sixteen values after the last.
    ///   - before: the number of values before the first new one.
    ///   - medians: receives one median per new value, NaN where a window holds fewer than sixteen.
    static func slide(_ values: UnsafeMutablePointer<Double>, count: Int, before: Int, into medians: UnsafeMutablePointer<Double>) {
        var start = 0
        while start < count, before + start + 1 < length {
            medians[start] = few((0...before + start).map { values[start - $0] })
            start += 1
        }
        guard start < count else { return }
        let first = values + start - (length - 1)
        let windows = count - start
        let stride = (windows + length + 15) / 4 * 4
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 12 * stride) { memory in
            guard let runs = memory.baseAddress else { return }
            let eights = runs + 4 * stride
            sortFours(first, windows + length - 4, into: runs, stride)
            sortEights(runs, windows + 8, into: eights, stride)
            writeMedians(runs, eights, stride, windows, into: medians + start)
        }
    }

    private static func sortFours(
        _ values: UnsafeMutablePointer<Double>, _ count: Int, into runs: UnsafeMutablePointer<Double>, _ stride: Int
    ) {
        for i in Swift.stride(from: 0, to: count, by: 4) {
            SortedFour(values.double4(i), values.double4(i + 1), values.double4(i + 2), values.double4(i + 3)).store(runs, stride, i)
        }
    }

    private static func sortEights(
        _ runs: UnsafeMutablePointer<Double>, _ count: Int, into eights: UnsafeMutablePointer<Double>, _ stride: Int
    ) {
        for i in Swift.stride(from: 0, to: count, by: 4) {
            SortedEight(SortedFour(runs, stride, i), SortedFour(runs, stride, i + 4)).store(eights, stride, i)
        }
    }

    private static func writeMedians(
        _ runs: UnsafeMutablePointer<Double>, _ eights: UnsafeMutablePointer<Double>, _ stride: Int, _ count: Int,
        into medians: UnsafeMutablePointer<Double>
    ) {
        for i in Swift.stride(from: 0, to: count, by: 4) {
            let sixteen = middle(SortedEight(eights, stride, i), SortedEight(eights, stride, i + 8))
            medians.store(median(sixteen, SortedFour(runs, stride, i + 16)), i)
        }
    }

    private static func few(_ values: [Double]) -> Double {
        guard values.count >= least else { return .nan }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The 6th to the 11th of sixteen values that are sorted as two eights.
    @_transparent
    private static func middle(_ a: SortedEight, _ b: SortedEight) -> (Double4, Double4, Double4, Double4, Double4, Double4) {
        let odd = SortedEight(a.odd, b.odd)
        let even = SortedEight(a.even, b.even)
        let (x6, x7) = (lesser(even.low.c, odd.low.d), greater(even.low.c, odd.low.d))
        let (x8, x9) = (lesser(even.low.d, odd.high.a), greater(even.low.d, odd.high.a))
        let (x10, x11) = (lesser(even.high.a, odd.high.b), greater(even.high.a, odd.high.b))
        return (x6, x7, x8, x9, x10, x11)
    }

    /// The mean of the 10th and 11th of twenty: of two sorted lists the k-th is the least of max(B[i], A[k - i]).
    @_transparent
    private static func median(_ a: (Double4, Double4, Double4, Double4, Double4, Double4), _ b: SortedFour) -> Double4 {
        let tenth = lesser(
            lesser(a.4, greater(b.a, a.3)), lesser(greater(b.b, a.2), lesser(greater(b.c, a.1), greater(b.d, a.0))))
        let eleventh = lesser(
            lesser(a.5, greater(b.a, a.4)), lesser(greater(b.b, a.3), lesser(greater(b.c, a.2), greater(b.d, a.1))))
        return (tenth + eleventh) / 2
    }
}

private struct SortedFour {
    var a, b, c, d: Double4

    /// Sorts four.
    @_transparent
    init(_ p: Double4, _ q: Double4, _ r: Double4, _ s: Double4) {
        self.init(merging: lesser(p, q), greater(p, q), with: lesser(r, s), greater(r, s))
    }

    @_transparent
    init(merging low: Double4, _ high: Double4, with otherLow: Double4, _ otherHigh: Double4) {
        let p = greater(low, otherLow), q = lesser(high, otherHigh)
        a = lesser(low, otherLow)
        b = lesser(p, q)
        c = greater(p, q)
        d = greater(high, otherHigh)
    }

    @_transparent
    init(_ columns: UnsafeMutablePointer<Double>, _ stride: Int, _ i: Int) {
        (a, b) = (columns.double4(i), (columns + stride).double4(i))
        (c, d) = ((columns + 2 * stride).double4(i), (columns + 3 * stride).double4(i))
    }

    @_transparent
    func store(_ columns: UnsafeMutablePointer<Double>, _ stride: Int, _ i: Int) {
        columns.store(a, i)
        (columns + stride).store(b, i)
        (columns + 2 * stride).store(c, i)
        (columns + 3 * stride).store(d, i)
    }
}

/// Eight sorted: by Batcher's odd-even merge of two fours.
private struct SortedEight {
    var low, high: SortedFour

    @_transparent
    init(_ x: SortedFour, _ y: SortedFour) {
        let odd = SortedFour(merging: x.a, x.c, with: y.a, y.c)
        let even = SortedFour(merging: x.b, x.d, with: y.b, y.d)
        low = odd
        high = even
        (low.b, low.c) = (lesser(even.a, odd.b), greater(even.a, odd.b))
        (low.d, high.a) = (lesser(even.b, odd.c), greater(even.b, odd.c))
        (high.b, high.c) = (lesser(even.c, odd.d), greater(even.c, odd.d))
    }

    @_transparent
    init(_ columns: UnsafeMutablePointer<Double>, _ stride: Int, _ i: Int) {
        low = SortedFour(columns, stride, i)
        high = SortedFour(columns + 4 * stride, stride, i)
    }

    @_transparent
    func store(_ columns: UnsafeMutablePointer<Double>, _ stride: Int, _ i: Int) {
        low.store(columns, stride, i)
        high.store(columns + 4 * stride, stride, i)
    }

    /// The 1st, 3rd, 5th and 7th, and the others.
    var odd: SortedFour {
        @inline(__always) get {
            var four = low
            (four.b, four.c, four.d) = (low.c, high.a, high.c)
            return four
        }
    }
    var even: SortedFour {
        @inline(__always) get {
            var four = low
            (four.a, four.b, four.c, four.d) = (low.b, low.d, high.b, high.d)
            return four
        }
    }
}
