import Forecasting
import Market

/// What a walk answered at its origins, and how good it was.
struct ForecastLog {
    private let histories: [String: History]
    private(set) var forecasts: [BacktestReport.Issued] = []
    private(set) var refused: [BacktestReport.Refused] = []
    private var evaluation: EvaluationAccumulator

    init(_ histories: [History], step: Int) {
        self.histories = Dictionary(uniqueKeysWithValues: histories.map { ($0.id, $0) })
        evaluation = EvaluationAccumulator(step: step)
    }

    typealias Answer = Result<WalkForward.Answer, ForecastError>

    mutating func add(_ stop: BacktestSchedule.Stop, _ answers: [Answer], _ walks: [Answer]) {
        for (symbol, answer) in zip(stop.symbols, answers) {
            let origin = Origin(session: stop.session, symbol: symbol)
            switch answer {
            case .success(let answer): forecasts.append(BacktestReport.Issued(origin: origin, forecast: answer.issued))
            case .failure(let reason): refused.append(BacktestReport.Refused(origin: origin, reason: reason))
            }
        }
        evaluation.add(stop.session, zip(stop.symbols, zip(answers, walks)).compactMap { row($0, $1.0, $1.1, stop.session) })
    }

    /// One day's medians, scored by rank alone.
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

    /// Nil when one of the compared forecasts is missing.
    private func row(_ symbol: String, _ answer: Answer, _ walk: Answer, _ session: SessionDate) -> EvaluationAccumulator.Row? {
        guard case .success(let answer) = answer, case .success(let walk) = walk, let history = histories[symbol],
            let index = history.index(atOrBefore: session), let climatology = try? Climatology.forecast(history, at: index)
        else { return nil }
        return EvaluationAccumulator.Row(
            symbol: symbol, outcomes: Quantiles.horizons.map { history.outcome(at: index, horizon: $0) },
            executed: history.outcome(at: index + 1, horizon: 5), volatility: history.blend[index], raw: answer.raw, issued: answer.issued,
            climatology: climatology, randomWalk: walk.issued)
    }
}
