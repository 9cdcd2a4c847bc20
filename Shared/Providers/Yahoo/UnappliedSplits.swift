import Glibc
import Market

/// The splits that the earlier rows of a response are not adjusted for.
///
/// Yahoo leaves them so for days after a split and, for some symbols, for good. The new level may begin some days before the ex-date.
struct UnappliedSplits {
    struct Level {
        let split: CorporateAction
        /// New shares for one old.
        let ratio: Double
        /// The first session at the new level. The rows before it are not adjusted for the split.
        let from: SessionDate
    }

    let levels: [Level]

    /// The least log ratio that stands out from market moves, the relative miss allowed, the rows compared on either side, and the number of
    /// rows before the ex-date at which the new level may begin.
    private static let least = 0.3, slack = 0.25, reach = 5, early = 10

    /// `closes` are those of the response, in any order.
    init(_ splits: [CorporateAction], closes: [(session: SessionDate, close: Double)]) {
        let rows = closes.filter { $0.close > 0 && $0.close.isFinite }.sorted { $0.session < $1.session }
        levels = splits.compactMap { split in
            guard case .split(let new, let old) = split.kind, case let reported = log(new / old), abs(reported) >= Self.least else {
                return nil
            }
            let last = rows.firstIndex { $0.session >= split.exDate } ?? rows.count
            let found = (max(1, last - Self.early)...max(1, last)).compactMap { index -> (miss: Double, from: SessionDate)? in
                guard index < rows.count, index <= last, let before = Self.median(rows[..<index].suffix(Self.reach)),
                    let after = Self.median(rows[index...].prefix(Self.reach))
                else { return nil }
                let miss = max(abs(log(after / before) + reported), abs(log(rows[index].close / rows[index - 1].close) + reported))
                return miss < Self.slack * abs(reported) ? (miss, rows[index].session) : nil
            }
            return found.min { $0.miss < $1.miss }.map { Level(split: split, ratio: new / old, from: $0.from) }
        }
    }

    /// The product of the split ratios that the row of a session is not adjusted for.
    func factor(of session: SessionDate) -> Double { levels.reduce(1) { $0 * (session < $1.from ? $1.ratio : 1) } }

    private static func median(_ rows: ArraySlice<(session: SessionDate, close: Double)>) -> Double? {
        let sorted = rows.map(\.close).sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}
