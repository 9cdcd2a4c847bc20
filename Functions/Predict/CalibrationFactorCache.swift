import Forecasting
import Market
import Postgres
import Store

/// The calibration factors for a session's forecasts, from outcomes known before the session's date began in UTC. Each session is read once.
///
/// Monitor has written these factors by the previous evening in every time zone. So the forecasts of a session are the same before and after
/// Monitor's invocation of that evening.
actor CalibrationFactorCache {
    private let calibrations: Calibrations
    private var bySession: [SessionDate: [Calibration]] = [:]

    init(_ database: Database) { calibrations = Calibrations(database) }

    /// A family's factors in the order of the horizons; 1 without a known outcome.
    func factors(of family: String, on session: SessionDate) async throws -> [Double] {
        let rows: [Calibration]
        if let cached = bySession[session] {
            rows = cached
        } else {
            rows = try await calibrations.known(before: .utcMidnight(session))
            bySession[session] = rows
        }
        return Quantiles.horizons.map { horizon in rows.first { $0.family == family && $0.horizon == horizon }?.factor ?? 1 }
    }
}
