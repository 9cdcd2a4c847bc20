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
        var engine = FeatureEngine()
        var sessions: [SessionDate] = []
        var features: [Float] = []
        var logLevel: [Double] = []
        var sigma97: [Double] = []
        var blend: [Double] = []
        var next = 0
    }

    /// - Parameter progress: called now and then with the finished share.
    static func histories(_ prices: PriceTable, progress: (Double) -> Void) throws -> [History] {
        var columns = prices.series.map { Column(symbol: $0.symbol) }
        var cross = CrossSectionEngine()
        let sessions = Set(prices.series.flatMap { $0.observations.map(\.session) }).sorted()
        for (i, session) in sessions.enumerated() {
            var members: [(id: String, row: FeatureRow)] = []
            var places: [Int] = []
            for c in columns.indices {
                let observations = prices.series[c].observations
                guard columns[c].next < observations.count, observations[columns[c].next].session == session else { continue }
                let row = columns[c].engine.append(observations[columns[c].next])
                columns[c].next += 1
                members.append((columns[c].symbol, row))
                places.append(c)
            }
            let answer = cross.append(session, members: members)
            for (place, member) in zip(places, members) { append(member.row, answer[member.id], to: &columns[place]) }
            if i % 256 == 0 { progress(Double(i) / Double(sessions.count)) }
        }
        return try columns.map {
            try History(
                id: $0.symbol, layout: .current, sessions: $0.sessions, features: $0.features, logLevel: $0.logLevel, sigma97: $0.sigma97,
                blend: $0.blend)
        }
    }

    private static func append(_ row: FeatureRow, _ cross: [Float]?, to column: inout Column) {
        column.sessions.append(row.session)
        column.features += row.values
        column.features += cross ?? missing
        column.logLevel.append((column.logLevel.last ?? 0) + (row.logReturn.isFinite ? row.logReturn : 0))
        column.sigma97.append(row.sigma97)
        column.blend.append(row.blend)
    }

    private static let missing = [Float](repeating: .nan, count: FeatureSet.crossNames.count)
}
