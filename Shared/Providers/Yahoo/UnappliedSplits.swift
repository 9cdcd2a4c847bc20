import Glibc
import Market

/// The splits of a response whose earlier rows Yahoo has not adjusted.
///
/// Yahoo adjusts them days after the split, and for some symbols never. The price jump can come up to ten rows before the ex-date.
struct UnappliedSplits {
    /// The price jump of one unapplied split.
    struct LevelShift {
        let split: CorporateAction
        /// New shares per old share.
        let ratio: Double
        /// The first session at the new price level. The rows before it are not adjusted for the split.
        let firstSession: SessionDate
    }

    let levelShifts: [LevelShift]

    /// Splits with a smaller absolute log ratio do not stand out from market moves and are left out.
    private static let minimumLogRatio = 0.3
    /// The largest difference between the price jump and the split, relative to the split's log ratio.
    private static let tolerance = 0.25
    /// The rows on either side whose median closes are compared.
    private static let comparedRows = 5
    /// The most rows before the ex-date at which the price jump may come.
    private static let maximumLead = 10

    /// - Parameter closes: the closes of the response, in any order.
    init(_ splits: [CorporateAction], closes: [(session: SessionDate, close: Double)]) {
        let rows = closes.filter { $0.close > 0 && $0.close.isFinite }.sorted { $0.session < $1.session }
        levelShifts = splits.compactMap { split in
            guard case .split(let new, let old) = split.kind, case let reported = log(new / old), abs(reported) >= Self.minimumLogRatio
            else {
                return nil
            }
            let last = rows.firstIndex { $0.session >= split.exDate } ?? rows.count
            let found = (max(1, last - Self.maximumLead)...max(1, last)).compactMap { index -> (miss: Double, firstSession: SessionDate)? in
                guard index < rows.count, index <= last, let before = Self.median(rows[..<index].suffix(Self.comparedRows)),
                    let after = Self.median(rows[index...].prefix(Self.comparedRows))
                else { return nil }
                let miss = max(abs(log(after / before) + reported), abs(log(rows[index].close / rows[index - 1].close) + reported))
                return miss < Self.tolerance * abs(reported) ? (miss, rows[index].session) : nil
            }
            return found.min { $0.miss < $1.miss }.map { LevelShift(split: split, ratio: new / old, firstSession: $0.firstSession) }
        }
    }

    /// The product of the ratios of all unapplied splits after a session.
    func factor(of session: SessionDate) -> Double { levelShifts.reduce(1) { $0 * (session < $1.firstSession ? $1.ratio : 1) } }

    private static func median(_ rows: ArraySlice<(session: SessionDate, close: Double)>) -> Double? {
        let sorted = rows.map(\.close).sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}
