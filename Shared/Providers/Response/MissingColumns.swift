import Market

/// Columns that a whole answer comes without, as funds and indices have them: the closes alone, or no volumes.
///
/// That is how the provider quotes the instrument and no row's fault, other than a null among values. Open, high and low stand at the
/// close then, as in its own rows of funds, and the volume is zero, which the features take for one share.
struct MissingColumns {
    static let rule = "absent-column"

    private let open, high, low, volume: Bool
    private var filled = 0
    /// The last row that was filled: what is said once is said beside it.
    private var last: (ordinal: Int, session: SessionDate, text: String, repairs: [Repair])?

    /// Open, high, low, close and volume as they came, nulls as NaN. A column of nulls alone counts as absent from two closes on.
    init(_ columns: [[Double]]) {
        let closes = columns[3].count { !$0.isNaN }
        let isAbsent = columns.map { column in closes > 0 && (column.isEmpty || (closes > 1 && column.allSatisfy(\.isNaN))) }
        (open, high, low, volume) = (isAbsent[0], isAbsent[1], isAbsent[2], isAbsent[4])
    }

    /// The row with what its answer has no column for; as it is where it lacks a close.
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

    /// Says once what was done to every row.
    func say(_ rows: inout DailyBarCollector) {
        guard let last else { return }
        let names = last.repairs.map(\.field.rawValue).joined(separator: ", ")
        let detail = "the answer has no \(names): \(filled) rows stand at what they have, the volume at zero"
        rows.recordRepair(last.ordinal, last.session, Self.rule, detail, last.text, last.repairs)
    }
}
