/// Features of quarterly events: how unusual the sessions one to four quarters before the forecast window were.
///
/// Companies report on much the same day of every quarter. A session's score is max(ln volume over its median, 0) × min(|gap| + |return|
/// in volatilities, 6), at most 4. The feature of a horizon is the mean over the four lags of the largest score in the window that the
/// horizon covers, extended by some sessions on both sides. NaN while no lag lies in the history.
struct EarningsSeasonality: Sendable, Hashable {
    static let names = Quantiles.horizons.map { "earnings\($0)" }
    /// The definition, written into exported files.
    static let formula =
        "earningsH = mean over lags 63±1, 126±2, 189±3, 252±1 (sessions±slack) that lie in the history of the largest score of the sessions from "
        + "t+1-lag-slack to min(t+H-lag+slack, t); score = min(max(lvol, 0) * min(|gap| + |z1|, 6), 4), 0 where one is missing"
    /// The number of rows read before the last row.
    static let reach = 252

    private static let lags: [(sessions: Int, slack: Int)] = [(63, 1), (126, 2), (189, 3), (252, 1)]
    private static let largest: Float = 4

    /// Columns of lvol, gap and z1; nil when the layout lacks one of them.
    private let columns: [Int]?

    init(_ layout: FeatureLayout) {
        let found = ["lvol", "gap", "z1"].compactMap { layout.names.firstIndex(of: $0) }
        columns = found.count == 3 ? found : nil
    }

    /// Writes one value per horizon.
    func write(_ history: History, row: Int, into target: UnsafeMutablePointer<Float>) {
        guard let columns else { return Self.writeMissing(into: target) }
        Self.write(row: row, into: target) { score(history, $0, columns) }
    }

    /// The values of several rows, `[row][horizon]`; every session is scored once. Rows before the history's first are NaN.
    func values(_ history: History, rows: Range<Int>) -> [Float] {
        let width = Quantiles.horizons.count
        return [Float](unsafeUninitializedCapacity: rows.count * width) { buffer, used in
            used = rows.count * width
            guard let target = buffer.baseAddress else { return }
            let first = max(rows.lowerBound - Self.reach, 0)
            let scores = columns.map { columns in (first..<max(rows.upperBound, first)).map { score(history, $0, columns) } }
            for (place, row) in rows.enumerated() {
                if let scores, row >= 0 {
                    Self.write(row: row, into: target + place * width) { scores[$0 - first] }
                } else {
                    Self.writeMissing(into: target + place * width)
                }
            }
        }
    }

    private static func writeMissing(into target: UnsafeMutablePointer<Float>) {
        for place in Quantiles.horizons.indices { target[place] = .nan }
    }

    private static func write(row: Int, into target: UnsafeMutablePointer<Float>, _ score: (Int) -> Float) {
        for (place, horizon) in Quantiles.horizons.enumerated() {
            var sum: Float = 0
            var count: Float = 0
            for (sessions, slack) in lags {
                let first = row + 1 - sessions - slack
                let last = min(row + horizon - sessions + slack, row)
                guard first >= 0 else { continue }
                var largest: Float = 0
                for earlier in first...last { largest = max(largest, score(earlier)) }
                sum += largest
                count += 1
            }
            target[place] = count > 0 ? sum / count : .nan
        }
    }

    private func score(_ history: History, _ row: Int, _ columns: [Int]) -> Float {
        let base = row * history.layout.names.count
        let (volume, gap, move) = (
            history.features[base + columns[0]], history.features[base + columns[1]], history.features[base + columns[2]]
        )
        let score = max(volume, 0) * min(abs(gap) + abs(move), 6)
        return score.isFinite ? min(score, Self.largest) : 0
    }
}
