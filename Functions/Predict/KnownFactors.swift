import Forecasting
import Market
import Postgres
import Store

/// The spread factors as they were known before an instant, each instant read once.
actor KnownFactors {
    private let calibrations: Calibrations
    private var known: [Instant: [Calibration]] = [:]

    init(_ database: Database) { calibrations = Calibrations(database) }

    /// A kind's factors in the order of the horizons; 1 where no outcome was known yet.
    func of(_ kind: String, before instant: Instant) async throws -> [Double] {
        let rows: [Calibration]
        if let found = known[instant] {
            rows = found
        } else {
            rows = try await calibrations.known(before: instant)
            known[instant] = rows
        }
        return Quantiles.horizons.map { horizon in rows.first { $0.kind == kind && $0.horizon == horizon }?.k ?? 1 }
    }
}

extension QuantileForecast {
    /// median + factor × (quantile − median), with a factor for each horizon.
    func spread(by factors: [Double]) throws(ForecastRefusal) -> QuantileForecast {
        var values: [Double] = []
        for (index, factor) in factors.enumerated() {
            let median = median(horizonIndex: index)
            values += self[horizon: index].map { median + factor * ($0 - median) }
        }
        return try QuantileForecast(values)
    }
}
