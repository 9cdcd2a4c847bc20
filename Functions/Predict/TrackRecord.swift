import Features
import Forecasting
import Market
import Postgres
import Store

/// How forecasts did once their horizon was over. Kept in memory for as long as no newer session is asked about.
actor TrackRecord {
    /// Calendar days of origins that count.
    private static let memory = 550

    struct Key: Hashable {
        let instrument: String
        let role: String
        let horizon: Int
    }

    private let forecasts: Forecasts
    private var session: SessionDate?
    private var known: [Key: Evidence] = [:]

    init(_ database: Database) { forecasts = Forecasts(database) }

    /// The evidence of every instrument, role and horizon as of the close of `session`.
    func evidence(through session: SessionDate, asOf: Instant) async throws -> [Key: Evidence] {
        if self.session == session { return known }
        let matured = try await forecasts.matured(
            from: session.advanced(by: -Self.memory), through: session, asOf: .recorded(asOf), featureVersion: FeatureSet.version)
        var sums: [Key: (model: Score, walk: Score)] = [:]
        for entry in matured {
            let forecast = entry.forecast
            let key = Key(instrument: forecast.instrument, role: forecast.role, horizon: forecast.horizon)
            var sum = sums[key] ?? (Score(), Score())
            sum.model.add(entry.outcome, quantiles: forecast.quantiles)
            sum.walk.add(entry.outcome, quantiles: forecast.baselineQuantiles)
            sums[key] = sum
        }
        known = sums.mapValues {
            Evidence(
                forecasts: $0.model.count, coverage80: $0.model.coverage80,
                pinballSkill: Evaluation.skill($0.model.meanLoss, over: $0.walk.meanLoss))
        }
        self.session = session
        return known
    }
}
