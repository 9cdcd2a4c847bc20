import Market

/// The as-traded figures of an IEX chart, where most of its rows have them. A row without takes its plain ones, which are split-adjusted,
/// times what the rows around it differ by.
struct IEXUnadjustedRows {
    let isTraded: Bool
    private let traded, plain: [BarFields]
    /// Of each row its own, else that of the nearest row that tells, before or after it.
    private let before, after: [Ratio?]

    init(_ rows: [JSONValue]) {
        traded = rows.map { BarFields($0, BarNames("uOpen", "uHigh", "uLow", "uClose", "uVolume")) }
        plain = rows.map { BarFields($0, .full) }
        isTraded = traded.count { $0.open != nil && $0.close != nil } * 2 > rows.count
        let own = zip(traded, plain).map { Ratio($0.close, $1.close) }
        before = IEXUnadjustedRows.carried(own)
        after = IEXUnadjustedRows.carried(own.reversed()).reversed()
    }

    private static func carried(_ ratios: some Sequence<Ratio?>) -> [Ratio?] {
        var last: Ratio?
        return ratios.map {
            last = $0 ?? last
            return last
        }
    }

    func fields(_ index: Int) -> BarFields { isTraded ? traded[index] : plain[index] }

    /// What a row lacks; nil when that is nothing, and when a split may lie between it and the rows that tell.
    func repairs(_ index: Int) -> [Repair]? {
        let (own, other) = (traded[index], plain[index])
        guard isTraded, [own.open, own.high, own.low, own.close, own.volume].contains(nil), let factor = factor(at: index) else {
            return nil
        }
        let filled: [(Repair.Field, Double?, Double?)] = [
            (.open, own.open, other.open.map { $0 * factor }), (.high, own.high, other.high.map { $0 * factor }),
            (.low, own.low, other.low.map { $0 * factor }), (.close, own.close, other.close.map { $0 * factor }),
            (.volume, own.volume, other.volume.map { $0 / factor }),
        ]
        return filled.compactMap { field, value, plain in
            value == nil ? plain.map { Repair(field: field, before: .nan, after: $0) } : nil
        }
    }

    /// As traded for split-adjusted: the row's own, else what the nearest rows on both sides say alike. Behind the last row that tells there
    /// was no split yet if it says one.
    private func factor(at index: Int) -> Double? {
        guard let before = before[index] else { return nil }
        let after = after[index] ?? Ratio(value: 1, error: 0)
        return abs(before.value / after.value - 1) <= min(before.error + after.error, 0.01) ? before.value : nil
    }
}

extension IEXUnadjustedRows {
    /// What a row as traded stands to itself split-adjusted by.
    private struct Ratio {
        let value: Double
        /// Relative: what half a cent of either close, or half of its last place, may have moved.
        let error: Double

        init(value: Double, error: Double) { (self.value, self.error) = (value, error) }

        init?(_ traded: Double?, _ plain: Double?) {
            guard let traded, let plain, plain > 0, traded > 0 else { return nil }
            self.init(value: traded / plain, error: Ratio.rounding(traded) / traded + Ratio.rounding(plain) / plain + 1e-9)
        }

        /// Half a cent of a price in cents, and half of a ten-thousandth of a finer one.
        private static func rounding(_ price: Double) -> Double {
            abs((price * 100).rounded() / 100 - price) < 1e-9 * price ? 0.005 : 0.00005
        }
    }
}
