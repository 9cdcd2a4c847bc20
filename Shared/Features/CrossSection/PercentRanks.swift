/// Percent ranks: the rank among the values that are not NaN, divided by their number. In (0, 1]; ties share their mean rank; NaN stays NaN.
///
/// Values are quantised to 65,536 steps between the smallest and the largest and sorted by two passes of a radix sort; values of one step
/// are then sorted by comparison.
struct PercentRanks {
    private let values: UnsafeMutablePointer<Double>
    /// The index in `present` of each value.
    private let places: UnsafeMutablePointer<Int32>
    /// Each value's step (upper half) and index (lower half); one sentinel at the end.
    private let entries, spare: UnsafeMutablePointer<UInt64>
    /// The two passes' tables of 256 counts.
    private let starts: UnsafeMutablePointer<Int32>

    /// Provides memory for `count` values.
    static func with(_ count: Int, _ body: (PercentRanks) -> Void) {
        let room = (count + 4) / 4 * 4
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * room) { doubles in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: room + 512) { integers in
                guard let values = doubles.baseAddress, let places = integers.baseAddress else { return }
                let entries = UnsafeMutableRawPointer(values + room).assumingMemoryBound(to: UInt64.self)
                body(PercentRanks(values: values, places: places, entries: entries, spare: entries + room, starts: places + room))
            }
        }
    }

    /// Writes each present member's rank, less ½, into a column.
    @inline(__always)
    func write(
        _ present: UnsafeBufferPointer<CrossSectionMember>, into column: UnsafeMutablePointer<Float>, value: (CrossSectionMember) -> Double
    ) {
        var count = 0
        for place in present.indices {
            let number = value(present[place])
            values[count] = number
            places[count] = Int32(truncatingIfNeeded: place)
            count &+= number.isNaN ? 0 : 1
            column[place] = .nan
        }
        guard count > 0 else { return }
        sort(count)
        rank(count, into: column)
    }

    private func sort(_ count: Int) {
        let last = values[count - 1]
        for i in count..<(count + 3) / 4 * 4 { values[i] = last }
        var (low, high) = (Double4(repeating: last), Double4(repeating: last))
        for i in stride(from: 0, to: count, by: 4) {
            let four = values.double4(i)
            (low, high) = (lesser(low, four), greater(high, four))
        }
        let (least, most) = (low.min(), high.max())
        starts.update(repeating: 0, count: 512)
        let scale = Double4(repeating: 65_535 / (most - least))
        for i in stride(from: 0, to: count, by: 4) {
            // A double near 2⁵² holds the distance in its lowest bits; NaN counts as 0.
            let distance = (values.double4(i) - least) * scale
            let bits = unsafeBitCast(
                distance.replacing(with: 0, where: distance .!= distance) + Double4(repeating: 4_503_599_627_370_496),
                to: SIMD4<UInt64>.self)
            let steps = (bits & SIMD4(repeating: 0xFFFF)) &<< SIMD4(repeating: 32)
            UnsafeMutableRawPointer(entries + i).storeBytes(
                of: steps | (SIMD4(repeating: UInt64(i)) &+ SIMD4(0, 1, 2, 3)), as: SIMD4<UInt64>.self)
        }
        for i in 0..<count {
            starts[Int(entries[i] &>> 32 & 255)] &+= 1
            starts[256 + Int(entries[i] &>> 40)] &+= 1
        }
        scatter(entries, spare, count, starts, shift: 32)
        scatter(spare, entries, count, starts + 256, shift: 40)
    }

    @inline(__always)
    private func scatter(
        _ source: UnsafeMutablePointer<UInt64>, _ target: UnsafeMutablePointer<UInt64>, _ count: Int,
        _ starts: UnsafeMutablePointer<Int32>, shift: UInt64
    ) {
        var sum: Int32 = 0
        for i in 0..<256 { (starts[i], sum) = (sum, sum &+ starts[i]) }
        for i in 0..<count {
            let digit = Int(source[i] &>> shift & 255)
            target[Int(starts[digit])] = source[i]
            starts[digit] &+= 1
        }
    }

    private func rank(_ count: Int, into column: UnsafeMutablePointer<Float>) {
        let share = 1 / Double(count)
        entries[count] = .max
        var start = 0
        while start < count {
            if entries[start + 1] &>> 32 != entries[start] &>> 32 {
                column[Int(places[number(start)])] = Float(Double(start + 1) * share - 0.5)
                start &+= 1
            } else {
                var end = start + 2
                while entries[end] &>> 32 == entries[start] &>> 32 { end += 1 }
                rankByValue(start..<end, share, into: column)
                start = end
            }
        }
    }

    /// Ranks values that share a step.
    private func rankByValue(_ range: Range<Int>, _ share: Double, into column: UnsafeMutablePointer<Float>) {
        sortByValue(range)
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start + 1
            while end < range.upperBound, value(end) == value(start) { end += 1 }
            let rank = Float(Double(start + 1 + end) * 0.5 * share - 0.5)
            for position in start..<end { column[Int(places[number(position)])] = rank }
            start = end
        }
    }

    /// Sorts up to 64 values by insertion, and more (an outlier makes all other values share one step) by the standard library.
    private func sortByValue(_ range: Range<Int>) {
        guard range.count <= 64 else {
            var many = UnsafeMutableBufferPointer(start: entries + range.lowerBound, count: range.count)
            return many.sort { values[Int(truncatingIfNeeded: $0 & 0xFFFF_FFFF)] < values[Int(truncatingIfNeeded: $1 & 0xFFFF_FFFF)] }
        }
        for i in range.dropFirst() {
            let entry = entries[i]
            let own = value(i)
            var hole = i
            while hole > range.lowerBound, value(hole - 1) > own {
                entries[hole] = entries[hole - 1]
                hole -= 1
            }
            entries[hole] = entry
        }
    }

    private func number(_ position: Int) -> Int { Int(truncatingIfNeeded: entries[position] & 0xFFFF_FFFF) }
    private func value(_ position: Int) -> Double { values[number(position)] }
}
