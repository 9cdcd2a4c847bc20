import Features
import Forecasting
import Market
import Postgres
import Store

/// Scores what has matured and moves the spread factors: all of it derived, so that any order of events leaves the same rows.
struct Scoring: Sendable {
    /// Calendar days of origins that are looked at: the longest horizon, and a month in which nothing ran.
    static let reach = 60

    let database: Database

    struct Counts: Sendable {
        var scored = 0
        var factors = 0
    }

    /// - Parameter from: the first origin to look at; nil = `reach` days before.
    func run(asOf: Instant, from: SessionDate?) async throws -> Counts {
        try await database.transaction(attempts: 3) {
            let scores = Scores(database)
            try await scores.lock()
            let due = try await scores.due(
                from: from ?? asOf.utcDate.advanced(by: -Self.reach), asOf: asOf, horizons: Quantiles.horizons,
                featureVersion: FeatureSet.version)
            try await scores.replace(due.map(ForecastScore.init))
            var counts = Counts(scored: due.count)
            for (pool, forecasts) in Dictionary(grouping: due, by: Pool.init).sorted(by: { $0.key < $1.key }) {
                guard let first = forecasts.map(\.forecast.session).min() else { continue }
                counts.factors += try await fold(pool, from: first)
            }
            return counts
        }
    }

    /// What shares one factor.
    private struct Pool: Hashable, Comparable {
        let family: String
        let horizon: Int

        init(_ matured: MaturedForecast) {
            family = matured.family
            horizon = matured.forecast.horizon
        }

        static func < (left: Pool, right: Pool) -> Bool { (left.family, left.horizon) < (right.family, right.horizon) }
    }

    private func fold(_ pool: Pool, from session: SessionDate) async throws -> Int {
        let calibrations = Calibrations(database)
        let last = try await calibrations.last(of: pool.family, horizon: pool.horizon, before: session)
        var calibration = RangeCalibration(factor: last?.k ?? 1, after: last?.session)
        var known = last?.knownAt ?? Instant(microseconds: .min)
        var steps: [Calibration] = []
        for origin in try await calibrations.origins(of: pool.family, horizon: pool.horizon, from: session) {
            calibration.learn(origin.session, inside: Double(origin.inside) / Double(origin.outcomes))
            known = max(known, origin.knownAt)
            steps.append(
                Calibration(
                    family: pool.family, horizon: pool.horizon, session: origin.session, knownAt: known, outcomes: origin.outcomes,
                    inside: origin.inside, k: calibration.factor))
        }
        try await calibrations.replace(steps, of: pool.family, horizon: pool.horizon, from: session)
        return steps.count
    }
}

extension ForecastScore {
    init(_ matured: MaturedForecast) {
        func score(_ quantiles: [Double]) -> ScoreAccumulator {
            var score = ScoreAccumulator()
            score.add(matured.outcome, quantiles: quantiles)
            return score
        }
        let issued = score(RangeCalibration.scaled(matured.forecast.quantiles, by: matured.forecast.calibrationFactor))
        let raw = score(matured.forecast.quantiles)
        let baseline = score(matured.forecast.baselineQuantiles)
        self.init(
            matured, loss: issued.loss, uncalibratedLoss: raw.loss, baselineLoss: baseline.loss, inside80: issued.inside80 == 1,
            inside90: issued.inside90 == 1, uncalibratedInside80: raw.inside80 == 1, uncalibratedInside90: raw.inside90 == 1,
            baselineInside80: baseline.inside80 == 1)
    }
}
