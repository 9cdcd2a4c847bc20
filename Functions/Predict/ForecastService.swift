import Backtest
import Features
import Forecasting
import Logging
import Market
import Postgres
import Store

/// Makes forecasts from stored features and registered model versions.
struct ForecastService: Sendable {
    /// The number of sessions that a forecast reads: the longest lookback of any model.
    static let window = ModelFamilies.lookback

    let database: Database
    let features: FeatureStore
    let models: LoadedModels
    let precedence: SourcePrecedence

    /// The loaded models as of an instant: the random walk, and the families that forecast beside it.
    struct ActiveModels: Sendable {
        let baseline: LoadedModel
        let others: [(role: ModelLineup.Role, model: LoadedModel)]
        /// The families that do not forecast because none of their versions can be used, with the reasons.
        let unusable: [String: UnusableFamilyError]
        let factors: CalibrationFactorCache
    }

    /// Loads the models as of an instant; nil if no model had been trained. A family without a usable version is left out; the other
    /// families still forecast.
    ///
    /// - Parameter families: the families to load; nil = all.
    /// - Throws: `UnusableFamilyError` for the random walk, the baseline of every forecast.
    func activeModels(
        asOf: Instant, families: Set<String>? = nil, _ deadline: ContinuousClock.Instant, _ logger: Logger
    ) async throws -> ActiveModels? {
        guard let lineup = try await lineup(asOf: asOf) else { return nil }
        let baseline = try await models.first(of: lineup.baseline.versions, deadline: deadline, logger)
        var others: [(role: ModelLineup.Role, model: LoadedModel)] = []
        var unusable: [String: UnusableFamilyError] = [:]
        for member in lineup.members where member.role != .baseline && isKnown(member.family) && families?.contains(member.family) ?? true {
            do {
                others.append((member.role, try await models.first(of: member.versions, deadline: deadline, logger)))
            } catch let error as UnusableFamilyError {
                unusable[member.family] = error
                logger.error(
                    "A model family does not forecast: it has no usable version",
                    metadata: ["family": "\(member.family)", "role": "\(member.role.rawValue)", "reason": "\(error)"])
            }
        }
        return ActiveModels(baseline: baseline, others: others, unusable: unusable, factors: CalibrationFactorCache(database))
    }

    private func isKnown(_ family: String) -> Bool { family == Ensemble.family || ModelFamilies.named(family) != nil }

    func lineup(asOf: Instant) async throws -> ModelLineup? {
        try await ModelRegistry(database).lineup(
            asOf: asOf, featureVersion: FeatureSet.version, fallback: BlendedFHS.family, baseline: RandomWalk.family)
    }

    /// The families whose forecasts are served, the champion first, the baseline left out; empty before the first promotion.
    func servingMembers(asOf: Instant, includingOthers: Bool) async throws -> [ModelLineup.Member] {
        if includingOthers, let lineup = try await lineup(asOf: asOf) { return lineup.members.filter { $0.role != .baseline } }
        return try await ModelRegistry(database).champion(asOf: asOf, featureVersion: FeatureSet.version).map { [$0] } ?? []
    }

    /// The forecasts of one instrument by several models.
    struct InstrumentForecasts: Sendable {
        /// The forecasts, not stored yet.
        var forecasts: [Forecast] = []
        /// The reasons why all or some families have no forecast, such as too short a history.
        var failures: [String] = []

        var reason: String { failures.joined(separator: "; ") }
    }

    /// Makes the active models' forecasts from the last session that had features at `asOf`.
    ///
    /// - Parameters:
    ///   - session: the required origin; nil means the last session.
    ///   - isHindsight: whether a session after the origin has closed by now.
    func forecast(
        _ instrument: Instrument, asOf: Instant, _ active: ActiveModels, session: SessionDate? = nil, isHindsight: Bool
    ) async throws -> InstrumentForecasts {
        let visible = AsOf.recorded(asOf)
        guard let table = try await features.read([instrument.id], visible, last: Self.window).first, let last = table.sessions.last else {
            return InstrumentForecasts(failures: ["it has no features as of \(asOf)"])
        }
        if let session, session != last { return InstrumentForecasts(failures: ["its last session is \(last), not \(session)"]) }
        let order = precedence.sources(for: instrument)
        guard let bar = try await Bars(database).read(instrument.id, visible, precedence: order, from: last, through: last).last else {
            return InstrumentForecasts(failures: ["it has no bar on \(last)"])
        }
        var result = InstrumentForecasts()
        do {
            let history = try History.assemble(
                id: instrument.id, sessions: table.sessions, features: table.values, extras: table.extras)
            // Derived from the forecast's inputs, so that a forecast made again is the same.
            let known = max(table.latestKnown, active.baseline.version.asOf)
            var byVersion: [String: Result<QuantileForecast, ForecastError>] = [:]
            let walk = try active.baseline.forecast(history, &byVersion)
            for (role, model) in active.others {
                let version = model.version
                let factors = try await active.factors.factors(of: version.family, on: last)
                let uncalibrated: QuantileForecast
                let published: QuantileForecast
                do {
                    uncalibrated = try model.forecast(history, &byVersion)
                    published = try uncalibrated.scaled(by: factors)
                } catch {
                    result.failures.append("\(version.family): \(error)")
                    continue
                }
                for (index, horizon) in Quantiles.horizons.enumerated() {
                    result.forecasts.append(
                        Forecast(
                            model: version.id, instrument: instrument.id, session: last, featureVersion: FeatureSet.version,
                            dataVersion: table.dataVersion, horizon: horizon, role: role.rawValue, asOf: max(known, version.asOf),
                            originClose: bar.close, currency: instrument.currency, quantiles: Array(uncalibrated[horizon: index]),
                            baselineModel: active.baseline.version.id, baselineQuantiles: Array(walk[horizon: index]),
                            probabilityOfLoss: published.probabilityOfLoss(horizonIndex: index), calibrationFactor: factors[index],
                            isHindsight: isHindsight))
                }
            }
        } catch let error as ForecastError {
            result.failures.append("\(error)")
        }
        return result
    }
}
