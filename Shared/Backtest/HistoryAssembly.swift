package import Features
package import Forecasting
package import Market

extension History {
    /// The history that stored feature rows make: `rows` ascending by session, `cross` the cross-sectional values of the sessions that have them.
    ///
    /// - Throws: `ForecastRefusal.shape` when the sessions do not ascend.
    package static func assemble(id: String, rows: [FeatureRow], cross: [SessionDate: [Float]] = [:]) throws(ForecastRefusal) -> History {
        var features: [Float] = []
        features.reserveCapacity(rows.count * FeatureSet.names.count)
        var logLevel: [Double] = []
        logLevel.reserveCapacity(rows.count)
        var level = 0.0
        for row in rows {
            features += row.values
            features += cross[row.session] ?? FeatureSet.missingCross
            level += row.logReturn.isFinite ? row.logReturn : 0
            logLevel.append(level)
        }
        return try History(
            id: id, layout: .current, sessions: rows.map(\.session), features: features, logLevel: logLevel, sigma97: rows.map(\.sigma97),
            blend: rows.map(\.blend))
    }
}

extension FeatureSet {
    /// What stands for the cross-section where there is none.
    static let missingCross = [Float](repeating: .nan, count: crossNames.count)
}
