import Formats
import Market

/// Computes the as-traded prices of IEX chart rows without them, in a chart where most rows have as-traded prices.
///
/// They are the row's split-adjusted prices times the ratio of as-traded and split-adjusted close in the rows around it.
struct IEXUnadjustedRows {
    /// Whether most rows have as-traded prices.
    let areMost: Bool
    private let traded, plain: [BarFields]
    /// For each row its own ratio, or the ratio of the nearest row before it (`before`) or after it (`after`) that has one.
    private let before, after: [Ratio?]

    init(_ rows: [JSONView]) {
        traded = rows.map { BarFields($0, BarNames("uOpen", "uHigh", "uLow", "uClose", "uVolume")) }
        plain = rows.map { BarFields($0, .full) }
        areMost = traded.count { $0.open != nil && $0.close != nil } * 2 > rows.count
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

    func fields(_ index: Int) -> BarFields { areMost ? traded[index] : plain[index] }

    /// The missing as-traded values of a row; nil when none is missing, and when a split may lie between it and the rows with a ratio.
    func repairs(_ index: Int) -> [Repair]? {
        let (own, other) = (traded[index], plain[index])
        guard areMost, [own.open, own.high, own.low, own.close, own.volume].contains(nil), let factor = factor(at: index) else {
            return nil
        }
        let price = { (value: Double?) in value.map { PriceFactor(factor).scaled($0) } }
        let filled: [(Repair.Field, Double?, Double?)] = [
            (.open, own.open, price(other.open)), (.high, own.high, price(other.high)), (.low, own.low, price(other.low)),
            (.close, own.close, price(other.close)),
            (.volume, own.volume, other.volume.map { $0 / factor }),
        ]
        return filled.compactMap { field, value, plain in
            value == nil ? plain.map { Repair(field: field, before: .nan, after: $0) } : nil
        }
    }

    /// The ratio of as-traded and split-adjusted prices: the row's own, or the ratio of the nearest rows on both sides if they agree. After
    /// the last row with a ratio, that ratio must be 1.
    private func factor(at index: Int) -> Double? {
        guard let before = before[index] else { return nil }
        let after = after[index] ?? Ratio(value: 1, error: 0)
        return abs(before.value / after.value - 1) <= min(before.error + after.error, 0.01) ? before.value : nil
    }
}

extension IEXUnadjustedRows {
    /// The ratio of as-traded and split-adjusted close.
    private struct Ratio {
        let value: Double
        /// The relative rounding error: half a cent of either close, or half of its last decimal place.
        let error: Double

        init(value: Double, error: Double) { (self.value, self.error) = (value, error) }

        init?(_ traded: Double?, _ plain: Double?) {
            guard let traded, let plain, plain > 0, traded > 0 else { return nil }
            self.init(value: traded / plain, error: Ratio.rounding(traded) / traded + Ratio.rounding(plain) / plain + 1e-9)
        }

        /// Half a cent for a price in whole cents, else half of a ten-thousandth.
        private static func rounding(_ price: Double) -> Double {
            abs((price * 100).rounded() / 100 - price) < 1e-9 * price ? 0.005 : 0.00005
        }
    }
}
