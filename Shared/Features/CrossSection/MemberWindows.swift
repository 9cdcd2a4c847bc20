/// The last 60 values of every member of a universe, holes apart, with means that are summed afresh each time from the oldest on.
///
/// Values lie in groups of sixteen members, [group][slot][member], holes as 0 beside a bit for each value that is none.
struct MemberWindows: Sendable {
    private static let length = 60
    private static let group = 16

    /// Members, rounded up to whole groups.
    let width: Int
    private var values: [Double]
    /// The newest value in the lowest bit.
    private var known: [UInt64]
    private var next = 0
    private var sums: [Double]

    init(members: Int) {
        width = (members + Self.group - 1) / Self.group * Self.group
        values = [Double](repeating: 0, count: width * Self.length)
        known = [UInt64](repeating: 0, count: width)
        sums = [Double](repeating: .nan, count: width)
    }

    /// Takes one value of each member in, four at a time; NaN is a hole.
    mutating func push(_ value: (_ member: Int) -> Four) {
        let mask = (UInt64(1) << UInt64(Self.length)) - 1
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for member in stride(from: 0, to: width, by: 4) {
                let four = value(member)
                let slot = base + (member / Self.group * Self.length + next) * Self.group + member % Self.group
                slot.store(lanes { four[$0].isNaN ? 0 : four[$0] }, 0)
                for lane in 0..<4 { known[member + lane] = (known[member + lane] << 1 | (four[lane].isNaN ? 0 : 1)) & mask }
            }
        }
        next = next == Self.length - 1 ? 0 : next + 1
    }

    /// The mean of each member's values that are no holes; NaN where they are fewer than `least`.
    mutating func means(least: Int) -> [Double] {
        values.withUnsafeMutableBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let base = values.baseAddress, let sums = sums.baseAddress else { return }
                for first in stride(from: 0, to: width, by: Self.group) {
                    let group = UnsafeRawPointer(base + first * Self.length).assumingMemoryBound(to: SIMD16<Double>.self)
                    var sum = SIMD16<Double>(repeating: 0)
                    for slot in next..<Self.length { sum += Self.slot(group, slot) }
                    for slot in 0..<next { sum += Self.slot(group, slot) }
                    UnsafeMutableRawPointer(sums + first).storeBytes(of: sum, as: SIMD16<Double>.self)
                }
                for member in 0..<width {
                    let count = known[member].nonzeroBitCount
                    sums[member] = count < least ? .nan : sums[member] / Double(count)
                }
            }
        }
        return sums
    }

    @inline(__always)
    private static func slot(_ group: UnsafePointer<SIMD16<Double>>, _ slot: Int) -> SIMD16<Double> {
        UnsafeRawPointer(group).loadUnaligned(fromByteOffset: slot * MemoryLayout<SIMD16<Double>>.stride, as: SIMD16<Double>.self)
    }
}
