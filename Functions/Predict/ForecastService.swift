import Backtest
import Features
import Forecasting
import Logging
import Market
import Postgres
import Store

/// Makes forecasts from stored features and registered models.
struct ForecastService: Sendable {
    /// Sessions of features that a forecast reads: the longest window of any model.
    static let window = ModelFamilies.lookback

    let database: Database
    let features: FeatureStore
    let models: LoadedModels
    let precedence: SourcePrecedence

    /// The models in force at an instant, loaded: the random walk, and those that forecast beside it.
    struct ActiveModels: Sendable {
        let baseline: LoadedModel
        let others: [(role: ModelLineup.Role, model: LoadedModel)]
        /// Families that do not forecast, because none of their kept fits can be used.
        let unusable: [String: UnusableFamilyError]
        let factors: CalibrationFactorCache
    }

    /// `nil` when no model has been trained by then. A family none of whose artifacts can be used is left out, the champion's as well: the
    /// others' evening is not lost with it.
    ///
    /// - Parameter families: those that are loaded; nil = all.
    /// - Throws: `UnusableFamilyError` when it is the random walk, which every forecast is shown beside.
    func active(
        asOf: Instant, families: Set<String>? = nil, _ deadline: ContinuousClock.Instant, _ logger: Logger
    ) async throws -> ActiveModels? {
        guard let lineup = try await lineup(asOf: asOf) else { return nil }
        let baseline = try await models.first(of: lineup.baseline.fits, deadline: deadline, logger)
        var others: [(role: ModelLineup.Role, model: LoadedModel)] = []
        var unusable: [String: UnusableFamilyError] = [:]
        for member in lineup.members where member.role != .baseline && isKnown(member.family) && families?.contains(member.family) ?? true {
            do {
                others.append((member.role, try await models.first(of: member.fits, deadline: deadline, logger)))
            } catch let refusal as UnusableFamilyError {
                unusable[member.family] = refusal
                logger.error(
                    "A model family does not forecast",
                    metadata: ["family": "\(member.family)", "role": "\(member.role.rawValue)", "reason": "\(refusal)"])
            }
        }
        return ActiveModels(baseline: baseline, others: others, unusable: unusable, factors: CalibrationFactorCache(database))
    }

    private func isKnown(_ family: String) -> Bool { family == Ensemble.family || ModelFamilies.named(family) != nil }

    func lineup(asOf: Instant) async throws -> ModelLineup? {
        try await ModelRegistry(database).lineup(
            asOf: asOf, featureVersion: FeatureSet.version, floor: BlendedFHS.family, baseline: RandomWalk.family)
    }

    /// What became of one instrument.
    struct InstrumentForecasts: Sendable {
        /// Not yet kept.
        var forecasts: [Forecast] = []
        /// Why all or some families have no forecast, such as too short a history.
        var refusals: [String] = []

        var reason: String { refusals.joined(separator: "; ") }
    }

    /// The forecasts of the active's models from the last session that had features at `asOf`.
    ///
    /// - Parameter session: the session that it must be; `nil` takes the last one.
    func issue(
        _ instrument: Instrument, asOf: Instant, _ active: ActiveModels, session: SessionDate? = nil
    ) async throws -> InstrumentForecasts {
        let known = AsOf.recorded(asOf)
        guard let table = try await features.read([instrument.id], known, last: Self.window).first, let last = table.sessions.last else {
            return InstrumentForecasts(refusals: ["it has no features as of \(asOf)"])
        }
        if let session, session != last { return InstrumentForecasts(refusals: ["its last session is \(last), not \(session)"]) }
        let order = precedence.sources(for: instrument)
        guard let bar = try await Bars(database).read(instrument.id, known, precedence: order, from: last, through: last).last else {
            return InstrumentForecasts(refusals: ["it has no bar on \(last)"])
        }
        var issued = InstrumentForecasts()
        do {
            let history = try History.assemble(
                id: instrument.id, sessions: table.sessions, features: table.values, extras: table.extras)
            // A function of what it is made of, so that the same forecast says the same whoever asks first.
            let known = max(table.latestKnown, active.baseline.row.asOf)
            var answers: [String: Result<QuantileForecast, ForecastError>] = [:]
            let walk = try active.baseline.forecast(history, &answers)
            for (role, model) in active.others {
                let row = model.row
                let factors = try await active.factors.of(row.family, on: last)
                let raw: QuantileForecast
                let wide: QuantileForecast
                do {
                    raw = try model.forecast(history, &answers)
                    wide = try raw.scaled(by: factors)
                } catch {
                    issued.refusals.append("\(row.family): \(error)")
                    continue
                }
                for (index, horizon) in Quantiles.horizons.enumerated() {
                    issued.forecasts.append(
                        Forecast(
                            model: row.id, instrument: instrument.id, session: last, featureVersion: FeatureSet.version,
                            dataVersion: table.dataVersion, horizon: horizon, role: role.rawValue, asOf: max(known, row.asOf),
                            originClose: bar.close,
                            currency: instrument.currency, quantiles: Array(raw[horizon: index]), baselineModel: active.baseline.row.id,
                            baselineQuantiles: Array(walk[horizon: index]), probabilityOfLoss: wide.probabilityOfLoss(horizonIndex: index),
                            calibrationFactor: factors[index]))
                }
            }
        } catch let refusal as ForecastError {
            issued.refusals.append("\(refusal)")
        }
        return issued
    }
}
