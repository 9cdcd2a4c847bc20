import Features
package import Forecasting
package import Market

extension History {
    /// The history of stored feature rows.
    ///
    /// - Parameters:
    ///   - features: sessions × `FeatureSet.names`, row-major, NaN = missing.
    ///   - extras: sessions × `FeatureRow.extras`, row-major.
    /// - Throws: `ForecastError.shape` when the arrays do not fit together or the sessions do not ascend.
    package static func assemble(
        id: String, sessions: [SessionDate], features: [Float], extras: [Double]
    ) throws(ForecastError) -> History {
        guard !sessions.isEmpty, extras.count % sessions.count == 0 else { throw .shape("history of \(id): \(extras.count) extras") }
        let width = extras.count / sessions.count
        var logLevel: [Double] = []
        var sigma97: [Double] = []
        var blend: [Double] = []
        var level = 0.0
        for i in sessions.indices {
            let values = Array(features.dropFirst(i * FeatureSet.names.count).prefix(FeatureSet.symbolNames.count))
            let row = FeatureRow(session: sessions[i], values: values, extras: Array(extras[i * width..<(i + 1) * width]))
            guard let row else { throw .shape("history of \(id): the row of \(sessions[i]) is of another feature version") }
            level += row.logReturn.isFinite ? row.logReturn : 0
            logLevel.append(level)
            sigma97.append(row.sigma97)
            blend.append(row.blend)
        }
        return try History(
            id: id, layout: .current, sessions: sessions, features: features, logLevel: logLevel, sigma97: sigma97, blend: blend)
    }
}
