import Market

/// Fills the columns that a whole response lacks: funds have closes only, indices have no volumes.
///
/// Such rows break no rule, unlike a row with a null among values. Open, high and low become the close, as in the provider's own rows of
/// funds, and the volume becomes zero.
struct MissingColumns {
    private let open, high, low, volume: Bool
    private var filled = 0
    /// The last row that was filled; the repair is recorded once, at this row.
    private var last: (ordinal: Int, session: SessionDate, text: String, repairs: [Repair])?

    /// `columns` are open, high, low, close and volume, with NaN for null. With two closes or more, a column of nulls alone counts as missing.
    init(_ columns: [[Double]]) {
        let closes = columns[3].count { !$0.isNaN }
        let isAbsent = columns.map { column in closes > 0 && (column.isEmpty || (closes > 1 && column.allSatisfy(\.isNaN))) }
        (open, high, low, volume) = (isAbsent[0], isAbsent[1], isAbsent[2], isAbsent[4])
    }

    /// The row with values for the missing columns; unchanged when it has no close.
    mutating func fill(_ row: RawBar, ordinal: Int, text: () -> String) -> RawBar {
        guard open || high || low || volume, let close = row.close else { return row }
        let first = row.open ?? close
        let repairs = [
            (open, Repair.Field.open, first), (high, .high, max(first, close, row.low ?? close)),
            (low, .low, min(first, close, row.high ?? close)), (volume, .volume, 0),
        ].filter(\.0).map { Repair(field: $0.1, before: .nan, after: $0.2) }
        filled += 1
        last = (ordinal, row.session, text(), repairs)
        return repairs.reduce(row) { $1.applied(to: $0) }
    }

    /// Records the repair of all rows once.
    func record(in bars: inout DailyBarCollector) {
        guard let last else { return }
        let names = last.repairs.map(\.field.rawValue).joined(separator: ", ")
        let detail = "the response has no \(names): \(filled) rows take their close, the volume is zero"
        bars.recordRepair(last.ordinal, last.session, ValidationRuleName.absentColumn, detail, last.text, last.repairs)
    }
}

extension DailyBarCollector {
    /// Records once, at the last row without a volume, that such rows have the volume zero.
    mutating func recordMissingVolumes(of count: Int, last: Int, _ session: SessionDate?, _ text: String) {
        recordRepair(
            last, session, ValidationRuleName.absentColumn, "\(count) rows have no volume: it is zero", text,
            [Repair(field: .volume, before: .nan, after: 0)])
    }
}
