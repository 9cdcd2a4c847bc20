import Features
import Forecasting
import Market

extension FeatureLayout {
    /// The layout of this build's features.
    static let current = FeatureLayout(
        version: FeatureSet.version, names: FeatureSet.names, sequence: FeatureSet.sequenceIndices)
}

/// Builds histories from prices with the feature engines that the functions use.
struct HistoryBuilder {
    private struct Column {
        let symbol: String
        var features: [Float] = []
        var logLevel: [Double] = []
        var sigma97: [Double] = []
        var blend: [Double] = []
    }

    /// The histories of a table's symbols, in the table's order.
    ///
    /// - Parameter progress: called repeatedly with the finished share.
    static func histories(_ prices: PriceTable, progress: (Double) -> Void) throws -> [History] {
        // The universe is ordered by symbol, regardless of the table's order.
        let order = prices.series.indices.sorted { prices.series[$0].symbol < prices.series[$1].symbol }
        var columns: [Column] = []
        var rows: [FeatureRows] = []
        for (i, place) in order.enumerated() {
            var engine = FeatureEngine()
            columns.append(Column(symbol: prices.series[place].symbol))
            rows.append(engine.append(contentsOf: prices.series[place].observations))
            progress(0.5 * Double(i + 1) / Double(order.count))
        }
        addCrossSections(rows, &columns) { progress(0.5 + 0.5 * $0) }
        var histories = [History?](repeating: nil, count: order.count)
        for (member, column) in columns.enumerated() {
            histories[order[member]] = try History(
                id: column.symbol, layout: .current, sessions: rows[member].sessions, features: column.features,
                logLevel: column.logLevel, sigma97: column.sigma97, blend: column.blend)
        }
        return histories.compactMap(\.self)
    }

    /// Computes the cross-section of all sessions in order and completes each row.
    private static func addCrossSections(_ rows: [FeatureRows], _ columns: inout [Column], progress: (Double) -> Void) {
        var cross = CrossSectionEngine(members: rows.count)
        var next = [Int](repeating: 0, count: rows.count)
        let sessions = Set(rows.flatMap(\.sessions)).sorted()
        var batch = CrossSectionSessions(members: rows.count, sessions: batchSize)
        for first in stride(from: 0, to: sessions.count, by: batchSize) {
            let batchSessions = sessions[first..<min(first + batchSize, sessions.count)]
            batch.load(rows, at: batchSessions.flatMap { session in places(rows, session, &next) })
            for i in 0..<batchSessions.count {
                let values = cross.append(batch[i])
                for (j, entry) in batch[i].enumerated() {
                    let place = columns[entry.member].logLevel.count
                    append(rows[entry.member][place], to: &columns[entry.member])
                    columns[entry.member].features += values.isEmpty ? missing[...] : values[j * width..<(j + 1) * width]
                }
            }
            progress(Double(first) / Double(sessions.count))
        }
    }

    /// The session's index in each member's rows, negative = absent; `next` becomes the indices of the following rows.
    private static func places(_ rows: [FeatureRows], _ session: SessionDate, _ next: inout [Int]) -> [Int] {
        rows.indices.map { member in
            guard next[member] < rows[member].sessions.count, rows[member].sessions[next[member]] == session else { return -1 }
            next[member] += 1
            return next[member] - 1
        }
    }

    private static func append(_ row: FeatureRow, to column: inout Column) {
        column.features += row.values
        column.logLevel.append((column.logLevel.last ?? 0) + (row.logReturn.isFinite ? row.logReturn : 0))
        column.sigma97.append(row.sigma97)
        column.blend.append(row.blend)
    }

    /// Sessions loaded at a time.
    private static let batchSize = 16
    private static let width = CrossSectionEngine.width
    private static let missing = [Float](repeating: .nan, count: width)
}
