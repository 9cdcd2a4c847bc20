import Forecasting
import Market

/// Walk-forward over a table of bars: no input or output, bytes in and values out.
package enum Backtest {
    /// About how many configurations were tried on 2012-2017 of the development data besides the models there are: 14 single nets; 26 forms
    /// of trees, regressions and windows; 60 choices of the ensemble's members, priors, rates and sharpness.
    package static let triedBefore = 100

    /// Forecasts every origin from what was known there, and scores what can be scored.
    ///
    /// - Parameters:
    ///   - origins: nil = `Origins.standard`.
    ///   - model: a recipe's name; nil = `ModelComposition.standard`.
    ///   - seed: of every fit.
    ///   - trials: configurations that were tried before this one was chosen, by which the portfolio's Sharpe ratio is deflated;
    ///     nil = the models there are and `triedBefore`.
    ///   - progress: called often, from the task that runs the backtest.
    /// - Throws: `BacktestError`; `CancellationError` when the task is cancelled.
    package static func run(
        prices: PriceTable, origins: [Origin]? = nil, model: String? = nil, seed: UInt64 = 1, trials: Int? = nil,
        progress: @Sendable (BacktestProgress) -> Void = { _ in }
    ) async throws -> BacktestReport {
        try await run(
            prices: prices, origins: origins, model: model, seed: seed, trials: trials, checking: LeakChecks.shortFit, progress: progress)
    }

    /// - Parameter checking: how the leak checks fit; a test puts a forecaster that peeks in here.
    static func run(
        prices: PriceTable, origins: [Origin]?, model: String?, seed: UInt64, trials: Int?, checking: @escaping WalkForward.Fitting,
        progress: @Sendable (BacktestProgress) -> Void
    ) async throws -> BacktestReport {
        let clock = ContinuousClock()
        let start = clock.now
        let name = model ?? ModelComposition.standard.name
        guard let recipe = ModelComposition.named(name) else { throw BacktestError.unknownModel(name) }
        let origins = origins ?? Origins.standard(prices)
        guard !origins.isEmpty else { throw BacktestError.noOrigins }
        let histories = try HistoryBuilder.histories(prices) { progress(BacktestProgress(stage: "features", share: 0.05 * $0)) }
        let schedule = BacktestSchedule(prices, origins, warmUp: recipe.warmUp)
        var walk = WalkForward(recipe, histories, seed: seed)
        var reference = WalkForward(ModelComposition.all[0], histories, seed: seed)
        var book = ForecastLog(histories, step: schedule.step)
        for (i, stop) in schedule.stops.enumerated() {
            try Task.checkCancellation()
            func share(_ part: Double) -> Double { 0.05 + 0.9 * (Double(i) + part) / Double(schedule.stops.count) }
            let answers = try walk.forecasts(stop.session, symbols: stop.symbols, elapsed: stop.elapsed) {
                progress(BacktestProgress(stage: "fitting at \(stop.session)", share: share(0.9 * $0)))
            }
            let walks = try reference.forecasts(stop.session, symbols: stop.symbols, elapsed: stop.elapsed) { _ in }
            if !stop.isWarmUp {
                book.add(stop, answers, walks)
                for day in stop.days { book.addDaily(day, stop.symbols, walk.preview(day, symbols: stop.symbols)) }
            }
            progress(BacktestProgress(stage: "forecasting \(stop.session)", share: share(1)))
            await Task.yield()
        }
        var checks = try LeakChecks(prices, recipe, seed: seed, fitting: checking).run(progress: {
            progress(BacktestProgress(stage: "leak checks", share: 0.95 + 0.05 * $0))
        })
        checks.append(LeakChecks.purge(histories, cuts: walk.fits.map(\.session)))
        let evaluation = book.evaluation(trials: trials ?? ModelComposition.all.count + triedBefore, checks)
        guard evaluation.isTrustworthy else {
            throw BacktestError.leak(checks.filter { $0.state == .failed }.map { "\($0.name): \($0.detail)" })
        }
        progress(BacktestProgress(stage: "done", share: 1))
        let elapsed = (clock.now - start).components
        return BacktestReport(
            model: name, forecasts: book.forecasts, refused: book.refused, fits: walk.fits, failures: walk.failures,
            evaluation: evaluation, rejectedLines: prices.rejected,
            seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    }
}
