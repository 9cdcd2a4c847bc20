/// Sums and extremes of each window as trees: a window of 5 from its values, one of 20 from four windows of 5 and so on.
///
/// Nothing is carried from session to session, so nothing drifts, and a session's tree is the same however sessions were batched.
/// Series are read as deep as the longest window; each level of a tree begins as far back as the level above looks.
enum RollingAggregates {
    typealias Line = UnsafeMutablePointer<Double>

    /// Σ of five neighbours.
    @inline(__always)
    static func five(_ line: Line, _ i: Int) -> Double4 {
        (line.double4(i) + line.double4(i - 1)) + (line.double4(i - 2) + line.double4(i - 3)) + line.double4(i - 4)
    }

    /// Σ of twenty from Σ of five.
    @inline(__always)
    static func twenty(_ fives: Line, _ i: Int) -> Double4 {
        (fives.double4(i) + fives.double4(i - 5)) + (fives.double4(i - 10) + fives.double4(i - 15))
    }

    /// Σ of sixty from Σ of twenty.
    @inline(__always)
    static func sixty(_ twenties: Line, _ i: Int) -> Double4 { twenties.double4(i) + twenties.double4(i - 20) + twenties.double4(i - 40) }

    /// The largest of each 250 values; `work` are two lines.
    static func largest(_ values: Line, _ count: Int, _ work: (Line, Line), into largest: Line) {
        fives(values, count, work, into: largest) { greater($0, $1) }
    }

    /// The least of each 250 values.
    static func least(_ values: Line, _ count: Int, _ work: (Line, Line), into least: Line) {
        fives(values, count, work, into: least) { lesser($0, $1) }
    }

    /// Σ of each 250 values.
    static func sum(_ values: Line, _ count: Int, _ work: (Line, Line), into sums: Line) {
        fives(values, count, work, into: sums) { $0 + $1 }
    }

    /// 250 = 2 · 5 · 5 · 5.
    @inline(__always)
    private static func fives(_ values: Line, _ count: Int, _ work: (Line, Line), into answer: Line, _ join: (Double4, Double4) -> Double4)
    {
        @inline(__always)
        func five(_ line: Line, _ i: Int, _ step: Int) -> Double4 {
            join(
                join(join(line.double4(i), line.double4(i - step)), join(line.double4(i - 2 * step), line.double4(i - 3 * step))),
                line.double4(i - 4 * step))
        }
        work.0.fill(-245..<count) { five(values, $0, 1) }
        work.1.fill(-225..<count) { five(work.0, $0, 5) }
        work.0.fill(-125..<count) { five(work.1, $0, 25) }
        answer.fill(0..<count) { join(work.0.double4($0), work.0.double4($0 - 125)) }
    }

    /// Makes means of a column of sums times 1 / `length`: divides the windows that history does not fill by what they hold, and has NaN
    /// where that is less than max(2, ⌊0.8 · length⌋).
    ///
    /// - Parameter before: values that have been before the first.
    static func settle(_ column: Line, _ count: Int, length: Int, before: Int) {
        for i in 0..<max(0, min(count, length - 1 - before)) {
            let held = before + i + 1
            column[i] = held < max(2, length * 4 / 5) ? .nan : column[i] * (Double(length) / Double(held))
        }
    }
}
