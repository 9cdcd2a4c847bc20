import Backtest
import Features
import Forecasting
import Market
import Postgres
import Store

/// Makes forecasts from stored features and registered models.
struct Issuer: Sendable {
    /// Sessions of features that a forecast reads: the longest window of any model.
    static let window = 60

    let database: Database
    let features: FeatureStore
    let models: LoadedModels
    let preference: SourcePreference

    /// The models in force at an instant, loaded: the random walk, and those whose forecasts are shown beside it.
    struct Bench: Sendable {
        let baseline: (row: Model, model: any ForecastModel)
        let shown: [(slot: Promotions.Slot, row: Model, model: any ForecastModel)]
    }

    /// `nil` when no model has been trained by then.
    func bench(asOf: Instant, _ deadline: ContinuousClock.Instant) async throws -> Bench? {
        let holders = try await Promotions(database).holders(asOf: asOf)
        guard let baseline = holders[.baseline], holders[.champion] != nil else { return nil }
        var shown: [(slot: Promotions.Slot, row: Model, model: any ForecastModel)] = []
        for slot in [Promotions.Slot.champion, .challenger] {
            guard let row = holders[slot] else { continue }
            shown.append((slot, row, try await models.model(row, deadline: deadline)))
        }
        return Bench(baseline: (baseline, try await models.model(baseline, deadline: deadline)), shown: shown)
    }

    /// The forecasts of all models from the last session that had features at `asOf`, not yet kept.
    ///
    /// - Parameter session: the session that it must be; `nil` takes the last one.
    /// - Returns: the reason when the instrument has no forecast, such as too short a history.
    func issue(
        _ instrument: Instrument, asOf: Instant, _ bench: Bench, session: SessionDate? = nil
    ) async throws -> Result<[Forecast], Unforecastable> {
        let known = AsOf.recorded(asOf)
        guard let table = try await features.read([instrument.id], known, last: Self.window).first, let last = table.sessions.last else {
            return .failure(Unforecastable("it has no features as of \(asOf)"))
        }
        if let session, session != last { return .failure(Unforecastable("its last session is \(last), not \(session)")) }
        guard
            let bar = try await Bars(database).read(
                instrument.id, known, order: preference.order(for: instrument), from: last, through: last
            ).last
        else {
            return .failure(Unforecastable("it has no bar on \(last)"))
        }
        do throws(ForecastRefusal) {
            let history = try History.assemble(
                id: instrument.id, sessions: table.sessions, features: table.values, extras: table.extras)
            // A function of what it is made of, so that the same forecast says the same whoever asks first.
            let known = max(table.latestKnown, bench.baseline.row.asOf)
            let walk = try bench.baseline.model.forecast(history, at: history.count - 1)
            var forecasts: [Forecast] = []
            for (slot, row, model) in bench.shown {
                let forecast = try model.forecast(history, at: history.count - 1)
                for (index, horizon) in Quantiles.horizons.enumerated() {
                    forecasts.append(
                        Forecast(
                            model: row.id, instrument: instrument.id, session: last, featureVersion: FeatureSet.version,
                            dataVersion: table.dataVersion, horizon: horizon, role: slot.rawValue, asOf: max(known, row.asOf),
                            originClose: bar.close,
                            currency: instrument.currency, quantiles: Array(forecast[horizon: index]), baselineModel: bench.baseline.row.id,
                            baselineQuantiles: Array(walk[horizon: index]),
                            probabilityOfFall: forecast.probabilityOfFall(horizonIndex: index)))
                }
            }
            return .success(forecasts)
        } catch {
            return .failure(Unforecastable("\(error)"))
        }
    }
}

/// Why an instrument cannot be forecast.
struct Unforecastable: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
