import Forecasting
import Market

/// Collects the forecasts of a backtest's origins and evaluates them.
struct ForecastLog {
    private let histories: [String: History]
    private(set) var forecasts: [BacktestReport.OriginForecast] = []
    private(set) var rejected: [BacktestReport.RejectedOrigin] = []
    private var evaluation: EvaluationAccumulator

    init(_ histories: [History], step: Int) {
        self.histories = Dictionary(uniqueKeysWithValues: histories.map { ($0.id, $0) })
        evaluation = EvaluationAccumulator(step: step)
    }

    typealias ForecastResult = Result<WalkForward.CombinedForecast, ForecastError>

    /// Adds the forecasts of one stop, and the random walk's for comparison.
    mutating func add(_ stop: BacktestSchedule.Stop, _ results: [ForecastResult], _ randomWalks: [ForecastResult]) {
        for (symbol, result) in zip(stop.symbols, results) {
            let origin = Origin(session: stop.session, symbol: symbol)
            switch result {
            case .success(let forecast): forecasts.append(BacktestReport.OriginForecast(origin: origin, forecast: forecast.calibrated))
            case .failure(let reason): rejected.append(BacktestReport.RejectedOrigin(origin: origin, reason: reason))
            }
        }
        evaluation.add(stop.session, zip(stop.symbols, zip(results, randomWalks)).compactMap { row($0, $1.0, $1.1, stop.session) })
    }

    /// Adds one session's medians, which are used only for the rank correlation.
    mutating func addDaily(_ day: SessionDate, _ symbols: [String], _ forecasts: [QuantileForecast?]) {
        var medians: [[Double]] = []
        var outcomes: [[Double]] = []
        for (symbol, forecast) in zip(symbols, forecasts) {
            guard let forecast, let history = histories[symbol], let row = history.index(atOrBefore: day) else { continue }
            medians.append(Quantiles.horizons.indices.map { forecast.median(horizonIndex: $0) })
            outcomes.append(Quantiles.horizons.map { history.outcome(at: row, horizon: $0) })
        }
        evaluation.addDaily(medians: medians, outcomes: outcomes)
    }

    func evaluation(trials: Int, _ checks: [EvaluationReport.LeakCheck]) -> EvaluationReport {
        evaluation.report(trials: trials, leakChecks: checks)
    }

    /// The evaluation row of one symbol; nil when one of the compared forecasts is missing.
    private func row(
        _ symbol: String, _ result: ForecastResult, _ randomWalk: ForecastResult, _ session: SessionDate
    ) -> EvaluationAccumulator.Row? {
        guard case .success(let forecast) = result, case .success(let randomWalk) = randomWalk, let history = histories[symbol],
            let index = history.index(atOrBefore: session), let climatology = try? Climatology.forecast(history, at: index)
        else { return nil }
        return EvaluationAccumulator.Row(
            symbol: symbol, outcomes: Quantiles.horizons.map { history.outcome(at: index, horizon: $0) },
            executed: history.outcome(at: index + 1, horizon: 5), volatility: history.blend[index], uncalibrated: forecast.uncalibrated,
            calibrated: forecast.calibrated,
            climatology: climatology, randomWalk: randomWalk.calibrated)
    }
}
