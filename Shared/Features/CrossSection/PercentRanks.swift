/// Rank among the values that are not NaN, divided by their number: in (0, 1], ties share their mean rank, NaN stays NaN.
///
/// Sorts by the upper 24 of the values' bits in three passes of a radix sort, then mends what the others decide.
enum PercentRanks {
    private struct Entry {
        /// Unsigned integers in the order of the values.
        var key: UInt64
        var place: Int
    }

    /// Writes each rank less ½ into one column of the answer's rows.
    @inline(__always)
    static func write(
        _ present: [CrossMember], into answer: UnsafeMutableBufferPointer<Float>, column: Int, value: (CrossMember) -> Double
    ) {
        let width = CrossSectionEngine.width
        withUnsafeTemporaryAllocation(of: Entry.self, capacity: 2 * present.count) { memory in
            guard let entries = memory.baseAddress else { return }
            var count = 0
            for place in present.indices {
                let number = value(present[place])
                guard !number.isNaN else { continue }
                entries[count] = Entry(key: key(number), place: place)
                count += 1
            }
            sort(entries, spare: entries + present.count, count)
            var start = 0
            while start < count {
                var end = start + 1
                while end < count, entries[end].key == entries[start].key { end += 1 }
                let rank = Double(start + 1 + end) / 2 / Double(count)
                for position in start..<end { answer[entries[position].place * width + column] = FeatureSet.stored(rank - 0.5) }
                start = end
            }
        }
    }

    /// Zero has one sign here.
    @inline(__always)
    private static func key(_ value: Double) -> UInt64 {
        let bits = (value + 0).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    private static func sort(_ entries: UnsafeMutablePointer<Entry>, spare: UnsafeMutablePointer<Entry>, _ count: Int) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * 256) { memory in
            guard let counts = memory.baseAddress else { return }
            counts.initialize(repeating: 0, count: 3 * 256)
            for i in 0..<count {
                let key = entries[i].key
                counts[Int(key >> 40 & 255)] += 1
                counts[256 + Int(key >> 48 & 255)] += 1
                counts[512 + Int(key >> 56)] += 1
            }
            var (source, target) = (entries, spare)
            for pass in 0..<3 {
                let starts = counts + 256 * pass
                var sum: Int32 = 0
                for i in 0..<256 { (starts[i], sum) = (sum, sum + starts[i]) }
                let shift = UInt64(40 + 8 * pass)
                for i in 0..<count {
                    let digit = Int(source[i].key >> shift & 255)
                    target[Int(starts[digit])] = source[i]
                    starts[digit] += 1
                }
                swap(&source, &target)
            }
            mend(source, count)
            if source != entries { entries.update(from: source, count: count) }
        }
    }

    /// Insertion sort of what is almost sorted.
    private static func mend(_ entries: UnsafeMutablePointer<Entry>, _ count: Int) {
        for i in 1..<max(count, 1) where entries[i].key < entries[i - 1].key {
            let entry = entries[i]
            var hole = i
            while hole > 0, entries[hole - 1].key > entry.key {
                entries[hole] = entries[hole - 1]
                hole -= 1
            }
            entries[hole] = entry
        }
    }
}
