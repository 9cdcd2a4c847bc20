import Features
import Forecasting
import Market

extension FeatureLayout {
    /// The layout of this build's features.
    static let current = FeatureLayout(
        version: FeatureSet.version, names: FeatureSet.names, sequence: FeatureSet.sequenceIndices)
}

/// Builds histories session by session, with the same engines the functions use.
struct HistoryBuilder {
    private struct Column {
        let symbol: String
        var features: [Float] = []
        var logLevel: [Double] = []
        var sigma97: [Double] = []
        var blend: [Double] = []
    }

    /// - Parameter progress: called now and then with the finished share.
    static func histories(_ prices: PriceTable, progress: (Double) -> Void) throws -> [History] {
        // The universe's order is that of the symbols, whatever the table's.
        let order = prices.series.indices.sorted { prices.series[$0].symbol < prices.series[$1].symbol }
        var columns: [Column] = []
        var rows: [FeatureRows] = []
        for (i, place) in order.enumerated() {
            var engine = FeatureEngine()
            columns.append(Column(symbol: prices.series[place].symbol))
            rows.append(engine.append(contentsOf: prices.series[place].observations))
            progress(0.5 * Double(i + 1) / Double(order.count))
        }
        compare(rows, &columns) { progress(0.5 + 0.5 * $0) }
        var histories = [History?](repeating: nil, count: order.count)
        for (member, column) in columns.enumerated() {
            histories[order[member]] = try History(
                id: column.symbol, layout: .current, sessions: rows[member].sessions, features: column.features,
                logLevel: column.logLevel, sigma97: column.sigma97, blend: column.blend)
        }
        return histories.compactMap(\.self)
    }

    /// Runs the cross-section over all sessions in order and puts each row together.
    private static func compare(_ rows: [FeatureRows], _ columns: inout [Column], progress: (Double) -> Void) {
        var cross = CrossSectionEngine(members: rows.count)
        var next = [Int](repeating: 0, count: rows.count)
        let sessions = Set(rows.flatMap(\.sessions)).sorted()
        for (i, session) in sessions.enumerated() {
            let places = rows.indices.map { next[$0] < rows[$0].sessions.count && rows[$0].sessions[next[$0]] == session ? next[$0] : -1 }
            let present = CrossMember.present(rows, at: places)
            let answer = cross.append(present)
            for (j, entry) in present.enumerated() {
                append(rows[entry.member][next[entry.member]], to: &columns[entry.member])
                columns[entry.member].features += answer.isEmpty ? missing[...] : answer[j * width..<(j + 1) * width]
                next[entry.member] += 1
            }
            if i % 256 == 0 { progress(Double(i) / Double(sessions.count)) }
        }
    }

    private static func append(_ row: FeatureRow, to column: inout Column) {
        column.features += row.values
        column.logLevel.append((column.logLevel.last ?? 0) + (row.logReturn.isFinite ? row.logReturn : 0))
        column.sigma97.append(row.sigma97)
        column.blend.append(row.blend)
    }

    private static let width = CrossSectionEngine.width
    private static let missing = [Float](repeating: .nan, count: width)
}
