import Features
import Forecasting
import Market
import Postgres
import Store

/// Scores matured forecasts and derives the calibration factors. The rows do not depend on the order of events.
struct Scoring: Sendable {
    /// The number of calendar days before the event in which origins are scored: enough for the longest horizon and a month without an
    /// invocation.
    static let lookback = 60

    let database: Database

    /// The number of written rows.
    struct Counts: Sendable {
        var scored = 0
        var factors = 0
    }

    /// - Parameter from: the first origin to score; nil = `lookback` days before.
    func run(asOf: Instant, from: SessionDate?) async throws -> Counts {
        try await database.transaction(attempts: 3) {
            let scores = Scores(database)
            try await scores.lock()
            // An event that comes late, or again, knows less than what is scored already: its scores would take the place of later ones.
            if let latest = try await Calibrations(database).latestKnown(), latest > asOf { return Counts() }
            let due = try await scores.due(
                from: from ?? asOf.utcDate.advanced(by: -Self.lookback), asOf: asOf, horizons: Quantiles.horizons,
                featureVersion: FeatureSet.version)
            try await scores.replace(due.map(ForecastScore.init))
            var counts = Counts(scored: due.count)
            for (pool, forecasts) in Dictionary(grouping: due, by: Pool.init).sorted(by: { $0.key < $1.key }) {
                guard let first = forecasts.map(\.forecast.session).min() else { continue }
                counts.factors += try await recalibrate(pool, from: first)
            }
            return counts
        }
    }

    /// The forecasts that share one calibration factor.
    private struct Pool: Hashable, Comparable {
        let family: String
        let horizon: Int

        init(_ matured: MaturedForecast) {
            family = matured.family
            horizon = matured.forecast.horizon
        }

        static func < (left: Pool, right: Pool) -> Bool { (left.family, left.horizon) < (right.family, right.horizon) }
    }

    /// Derives a pool's factors from an origin on, and returns their number.
    private func recalibrate(_ pool: Pool, from session: SessionDate) async throws -> Int {
        let calibrations = Calibrations(database)
        let last = try await calibrations.last(of: pool.family, horizon: pool.horizon, before: session)
        var calibration = RangeCalibration(factor: last?.factor ?? 1, after: last?.session)
        var known = last?.knownAt ?? Instant(microseconds: .min)
        var steps: [Calibration] = []
        for origin in try await calibrations.origins(of: pool.family, horizon: pool.horizon, from: session) {
            calibration.learn(origin.session, inside: Double(origin.inside80) / Double(origin.outcomes))
            known = max(known, origin.knownAt)
            steps.append(
                Calibration(
                    family: pool.family, horizon: pool.horizon, session: origin.session, knownAt: known, outcomes: origin.outcomes,
                    inside80: origin.inside80, factor: calibration.factor))
        }
        try await calibrations.replace(steps, of: pool.family, horizon: pool.horizon, from: session)
        return steps.count
    }
}

extension ForecastScore {
    /// Scores the published quantiles, the model's own, and the baseline's.
    init(_ matured: MaturedForecast) {
        func score(_ quantiles: [Double]) -> ScoreAccumulator {
            var score = ScoreAccumulator()
            score.add(matured.outcome, quantiles: quantiles)
            return score
        }
        let published = score(RangeCalibration.scaled(matured.forecast.quantiles, by: matured.forecast.calibrationFactor))
        let uncalibrated = score(matured.forecast.quantiles)
        let baseline = score(matured.forecast.baselineQuantiles)
        self.init(
            matured, loss: published.loss, uncalibratedLoss: uncalibrated.loss, baselineLoss: baseline.loss,
            inside80: published.inside80 == 1, inside90: published.inside90 == 1, uncalibratedInside80: uncalibrated.inside80 == 1,
            uncalibratedInside90: uncalibrated.inside90 == 1, baselineInside80: baseline.inside80 == 1)
    }
}
