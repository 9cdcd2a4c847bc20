import Forecasting
import Market

/// Scores of a model and of the random walk beside it, on the forecasts both made and whose outcomes are in the histories.
struct ScoreBook {
    private let histories: [String: History]
    private var model = Quantiles.horizons.map { _ in Score() }
    private var randomWalk = Quantiles.horizons.map { _ in Score() }
    private var differences: [[Double]] = Quantiles.horizons.map { _ in [] }
    private var sessions: [SessionDate] = []

    init(_ histories: [History]) {
        self.histories = Dictionary(uniqueKeysWithValues: histories.map { ($0.id, $0) })
    }

    mutating func add(
        _ session: SessionDate, _ symbols: [String], _ answers: [Result<QuantileForecast, ForecastRefusal>],
        _ walks: [Result<QuantileForecast, ForecastRefusal>]
    ) {
        sessions.append(session)
        for (i, horizon) in Quantiles.horizons.enumerated() {
            var today = Score()
            var walkToday = Score()
            for (symbol, pair) in zip(symbols, zip(answers, walks)) {
                guard case (.success(let forecast), .success(let walk)) = pair, let history = histories[symbol],
                    let index = history.index(atOrBefore: session)
                else { continue }
                let outcome = history.outcome(at: index, horizon: horizon)
                today.add(outcome, forecast, horizonIndex: i)
                walkToday.add(outcome, walk, horizonIndex: i)
            }
            guard today.count > 0 else { continue }
            model[i].add(today)
            randomWalk[i].add(walkToday)
            differences[i].append(today.meanLoss - walkToday.meanLoss)
        }
    }

    func horizons() -> [BacktestReport.Horizon] {
        let step = averageStep()
        return Quantiles.horizons.enumerated().map { i, horizon in
            BacktestReport.Horizon(
                horizon: horizon, model: model[i], randomWalk: randomWalk[i],
                againstRandomWalk: DieboldMariano(differences[i], horizon: horizon, step: step))
        }
    }

    /// Sessions between origins, from their mean distance in days.
    private func averageStep() -> Int {
        guard let first = sessions.first, let last = sessions.last, sessions.count > 1 else { return 1 }
        let days = Double(last.day - first.day) / Double(sessions.count - 1)
        return max(1, Int((days * 5 / 7).rounded()))
    }
}
