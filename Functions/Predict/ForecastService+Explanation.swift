import Backtest
import Features
import Forecasting
import Logging
import Market
import Store

extension ForecastService {
    /// Explains stored forecasts of one instrument from the same features; returns the explanations by model version.
    ///
    /// A forecast has no explanation if its features have been corrected since, if its model reads no features, or if the instrument's history
    /// is too short for typical values.
    func explanations(
        of forecasts: [Forecast], _ instrument: Instrument, asOf: Instant, _ deadline: ContinuousClock.Instant, _ logger: Logger
    ) async throws -> [String: Explanation] {
        guard let table = try await features.read([instrument.id], .recorded(asOf), last: Self.window).first else { return [:] }
        let history = try History.assemble(id: instrument.id, sessions: table.sessions, features: table.values, extras: table.extras)
        var explanations: [String: Explanation] = [:]
        for forecast in forecasts where forecast.session == table.sessions.last && forecast.dataVersion == table.dataVersion {
            guard let version = try await ModelRegistry(database).find(forecast.model) else { continue }
            do {
                let model = try await models.first(of: [version], deadline: deadline, logger)
                let explanation = try Explanation(history) { model.forecasts($0) }
                if explanation.effects.contains(where: { ($0.width + $0.median).contains { $0 != 0 } }) {
                    explanations[version.id] = explanation
                }
            } catch is ForecastError {
                continue
            } catch let error as UnusableFamilyError {
                logger.error("A forecast cannot be explained", metadata: ["model": "\(version.id)", "reason": "\(error)"])
            }
        }
        return explanations
    }
}
