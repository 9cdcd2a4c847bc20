import Forecasting
import Market
import Postgres
import Store

/// The spread factors that a session's forecasts are issued with: those of outcomes known before its day began, each session read once.
///
/// Monitor has folded these in by the evening before in every time zone, so that it is all one whether a session's forecasts are made
/// before that session's evening is scored, after it, or again long after.
actor CalibrationFactorCache {
    private let calibrations: Calibrations
    private var known: [SessionDate: [Calibration]] = [:]

    init(_ database: Database) { calibrations = Calibrations(database) }

    /// A family's factors in the order of the horizons; 1 where no outcome was known yet.
    func of(_ family: String, on session: SessionDate) async throws -> [Double] {
        let rows: [Calibration]
        if let found = known[session] {
            rows = found
        } else {
            rows = try await calibrations.known(before: .utcMidnight(session))
            known[session] = rows
        }
        return Quantiles.horizons.map { horizon in rows.first { $0.family == family && $0.horizon == horizon }?.k ?? 1 }
    }
}
