/// Sums and extremes over windows, as trees: a window of 5 from its values, one of 20 from four windows of 5, and so on.
///
/// Sums are not updated from session to session, so they do not drift and do not depend on how sessions were batched. Series are read as
/// far back as the longest window; each level of a tree begins as far back as the next level reads.
enum RollingAggregates {
    typealias Line = UnsafeMutablePointer<Double>

    /// Σ of the five values up to `i`.
    @inline(__always)
    static func five(_ line: Line, _ i: Int) -> Double4 {
        (line.double4(i) + line.double4(i - 1)) + (line.double4(i - 2) + line.double4(i - 3)) + line.double4(i - 4)
    }

    /// Σ of the twenty values up to `i`, from sums of five.
    @inline(__always)
    static func twenty(_ fives: Line, _ i: Int) -> Double4 {
        (fives.double4(i) + fives.double4(i - 5)) + (fives.double4(i - 10) + fives.double4(i - 15))
    }

    /// Σ of the sixty values up to `i`, from sums of twenty.
    @inline(__always)
    static func sixty(_ twenties: Line, _ i: Int) -> Double4 { twenties.double4(i) + twenties.double4(i - 20) + twenties.double4(i - 40) }

    /// The largest value of each window of 250; `work` is scratch memory.
    static func largest(_ values: Line, _ count: Int, _ work: (Line, Line), into largest: Line) {
        fives(values, count, work, into: largest) { greater($0, $1) }
    }

    /// The smallest value of each window of 250.
    static func least(_ values: Line, _ count: Int, _ work: (Line, Line), into least: Line) {
        fives(values, count, work, into: least) { lesser($0, $1) }
    }

    /// Σ of each window of 250.
    static func sum(_ values: Line, _ count: Int, _ work: (Line, Line), into sums: Line) {
        fives(values, count, work, into: sums) { $0 + $1 }
    }

    /// Joins windows of 250 = 2 · 5 · 5 · 5 values.
    @inline(__always)
    private static func fives(_ values: Line, _ count: Int, _ work: (Line, Line), into target: Line, _ join: (Double4, Double4) -> Double4)
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
        target.fill(0..<count) { join(work.0.double4($0), work.0.double4($0 - 125)) }
    }

    /// Corrects a column of sums / `length` at the start of a history: sums of incomplete windows are divided by their number of values, and are
    /// NaN with fewer than max(2, ⌊0.8 · length⌋) values.
    ///
    /// - Parameter before: the number of values before the first.
    static func finalize(_ column: Line, _ count: Int, length: Int, before: Int) {
        for i in 0..<max(0, min(count, length - 1 - before)) {
            let size = before + i + 1
            column[i] = size < max(2, length * 4 / 5) ? .nan : column[i] * (Double(length) / Double(size))
        }
    }
}
