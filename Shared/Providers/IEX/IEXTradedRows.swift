import Market

/// The as-traded figures of an IEX chart, where most of its rows have them. A row without takes its plain ones, which are split-adjusted,
/// times what the rows around it differ by.
struct IEXTradedRows {
    let isTraded: Bool
    private let traded, plain: [BarFields]

    init(_ rows: [JSONValue]) {
        traded = rows.map { BarFields($0, BarNames("uOpen", "uHigh", "uLow", "uClose", "uVolume")) }
        plain = rows.map { BarFields($0, .full) }
        isTraded = traded.count { $0.open != nil && $0.close != nil } * 2 > rows.count
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
        if let own = ratio(index) { return own }
        let before = traded.indices.prefix(index).reversed().lazy.compactMap { ratio($0) }.first
        let after = traded.indices.dropFirst(index + 1).lazy.compactMap { ratio($0) }.first
        guard let before, abs(before / (after ?? 1) - 1) < 1e-4 else { return nil }
        return before
    }

    private func ratio(_ index: Int) -> Double? {
        guard let traded = traded[index].close, let plain = plain[index].close, plain > 0, traded > 0 else { return nil }
        return traded / plain
    }
}
