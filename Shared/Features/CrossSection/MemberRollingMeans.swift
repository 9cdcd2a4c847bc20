/// Means of the last 60 values of every member of a universe, missing values left out.
///
/// Each mean depends only on its 60 sessions: a sum of 60 consists of three sums of 20, a sum of 20 of four sums of 5. Missing values add 0.
struct MemberRollingMeans: Sendable {
    private static let length = 60
    /// The number of stored sessions of values, of sums of 5 and of sums of 20: as far back as the next longer sum reads.
    private static let stored = (values: 5, fives: 16, twenties: 41)
    private static let lines = stored.values + stored.fives + stored.twenties

    /// The number of members, rounded up to whole vectors.
    let width: Int
    private var sums: [Double]
    /// Which of the last 60 values are present; the newest in the lowest bit.
    private var known: [Int64]
    private var counts: [Double]
    private var sessions = 0

    init(members: Int) {
        width = (members + 3) / 4 * 4
        sums = [Double](repeating: 0, count: width * Self.lines)
        known = [Int64](repeating: 0, count: width)
        counts = [Double](repeating: 0, count: width)
    }

    /// Adds one value per member and replaces it by the mean of the member's present values; NaN where fewer than `least` are present.
    ///
    /// - Parameter line: `width` values, NaN = missing.
    mutating func push(_ line: UnsafeMutablePointer<Double>, least: Int) {
        let (width, now) = (width, sessions)
        sums.withUnsafeMutableBufferPointer { sums in
            known.withUnsafeMutableBufferPointer { known in
                counts.withUnsafeMutableBufferPointer { counts in
                    guard let base = sums.baseAddress, let known = known.baseAddress, let counts = counts.baseAddress else { return }
                    Self.push(line, width, Rings(base: base, width: width, now: now), known, counts, least: Double(least))
                }
            }
        }
        sessions += 1
    }

    private static func push(
        _ line: UnsafeMutablePointer<Double>, _ width: Int, _ rings: Rings, _ known: UnsafeMutablePointer<Int64>,
        _ counts: UnsafeMutablePointer<Double>, least: Double
    ) {
        for member in Swift.stride(from: 0, to: width, by: 4) {
            let value = line.double4(member)
            let count = count(value, known + member, counts + member)
            let sum = rings.push(value.replacing(with: 0, where: value .!= value), member)
            line.store((sum / count).replacing(with: .nan, where: count .< least), member)
        }
    }

    /// The number of present values among the last 60.
    @_transparent
    private static func count(_ four: Double4, _ known: UnsafeMutablePointer<Int64>, _ counts: UnsafeMutablePointer<Double>) -> Double4 {
        let bits = UnsafeMutableRawPointer(known)
        let old = bits.loadUnaligned(as: SIMD4<Int64>.self)
        let one = SIMD4<Int64>(repeating: 1)
        let isNew = one.replacing(with: 0, where: four .!= four)
        let isLeaving = (old &>> SIMD4(repeating: Int64(length - 1))) & one
        bits.storeBytes(of: ((old &<< one) | isNew) & SIMD4(repeating: 1 << Int64(length) - 1), as: SIMD4<Int64>.self)
        let count =
            counts.double4(0) + (Double4(repeating: 0).replacing(with: 1, where: isNew .== one))
            - (Double4(repeating: 0).replacing(with: 1, where: isLeaving .== one))
        counts.store(count, 0)
        return count
    }

    /// The ring buffers' lines of the session `now` and of the sessions before it that a sum needs.
    private struct Rings {
        private let values: (Line, Line, Line, Line, Line)
        private let fives: (Line, Line, Line, Line)
        private let twenties: (Line, Line, Line)

        private typealias Line = UnsafeMutablePointer<Double>

        init(base: UnsafeMutablePointer<Double>, width: Int, now: Int) {
            func line(_ first: Int, _ ring: Int, _ back: Int) -> Line {
                base + (first + (now + ring - back) % ring) * width
            }
            let stored = MemberRollingMeans.stored
            func value(_ back: Int) -> Line { line(0, stored.values, back) }
            func five(_ back: Int) -> Line { line(stored.values, stored.fives, back) }
            func twenty(_ back: Int) -> Line { line(stored.values + stored.fives, stored.twenties, back) }
            values = (value(0), value(1), value(2), value(3), value(4))
            fives = (five(0), five(5), five(10), five(15))
            twenties = (twenty(0), twenty(20), twenty(40))
        }

        /// The sum over sixty sessions, this one included.
        @_transparent
        func push(_ value: Double4, _ i: Int) -> Double4 {
            values.0.store(value, i)
            let five = (value + values.1.double4(i)) + (values.2.double4(i) + values.3.double4(i)) + values.4.double4(i)
            fives.0.store(five, i)
            let twenty = (five + fives.1.double4(i)) + (fives.2.double4(i) + fives.3.double4(i))
            twenties.0.store(twenty, i)
            return twenty + twenties.1.double4(i) + twenties.2.double4(i)
        }
    }
}
