import Forecasting
import Market

/// Runs a walk-forward backtest over a table of bars, without reading or writing files.
package enum Backtest {
    /// The approximate number of configurations tried on 2012–2017 of the development data, besides the model families.
    ///
    /// 14 single nets; 26 variants of trees, regressions and windows; 60 choices of the ensemble's members, priors, rates and sharpness.
    package static let triedBefore = 100

    /// Forecasts every origin from the data known at that origin, and evaluates the forecasts whose outcomes are known.
    ///
    /// - Parameters:
    ///   - origins: nil = `Origins.standard`.
    ///   - model: name of a `ModelComposition`; nil = `ModelComposition.standard`.
    ///   - seed: the random seed of every training.
    ///   - trials: the number of configurations tried before this one was chosen, which deflates the portfolio's Sharpe ratio; nil = the
    ///     number of compositions plus `triedBefore`.
    ///   - progress: called often, from the task that runs the backtest.
    /// - Throws: `BacktestError`; `CancellationError` when the task is cancelled.
    package static func run(
        prices: PriceTable, origins: [Origin]? = nil, model: String? = nil, seed: UInt64 = 1, trials: Int? = nil,
        progress: @Sendable (BacktestProgress) -> Void = { _ in }
    ) async throws -> BacktestReport {
        try await run(
            prices: prices, origins: origins, model: model, seed: seed, trials: trials, checkTraining: LeakChecks.reducedTraining,
            progress: progress)
    }

    /// - Parameter checkTraining: the training of the leak checks; tests replace it by models that read later data.
    static func run(
        prices: PriceTable, origins: [Origin]?, model: String?, seed: UInt64, trials: Int?, checkTraining: @escaping WalkForward.Training,
        progress: @Sendable (BacktestProgress) -> Void
    ) async throws -> BacktestReport {
        let clock = ContinuousClock()
        let start = clock.now
        let name = model ?? ModelComposition.standard.name
        guard let composition = ModelComposition.named(name) else { throw BacktestError.unknownModel(name) }
        let origins = origins ?? Origins.standard(prices)
        guard !origins.isEmpty else { throw BacktestError.noOrigins }
        let histories = try HistoryBuilder.histories(prices) { progress(BacktestProgress(stage: "features", share: 0.05 * $0)) }
        let schedule = BacktestSchedule(prices, origins, warmUp: composition.warmUp)
        var models = WalkForward(composition, histories, seed: seed)
        var reference = WalkForward(ModelComposition.all[0], histories, seed: seed)
        var log = ForecastLog(histories, step: schedule.step)
        for (i, stop) in schedule.stops.enumerated() {
            try Task.checkCancellation()
            func share(_ part: Double) -> Double { 0.05 + 0.9 * (Double(i) + part) / Double(schedule.stops.count) }
            let forecasts = try models.forecasts(stop.session, symbols: stop.symbols, elapsed: stop.elapsed) {
                progress(BacktestProgress(stage: "training at \(stop.session)", share: share(0.9 * $0)))
            }
            let randomWalks = try reference.forecasts(stop.session, symbols: stop.symbols, elapsed: stop.elapsed) { _ in }
            if !stop.isWarmUp {
                log.add(stop, forecasts, randomWalks)
                for day in stop.days { log.addDaily(day, stop.symbols, models.preview(day, symbols: stop.symbols)) }
            }
            progress(BacktestProgress(stage: "forecasting \(stop.session)", share: share(1)))
            await Task.yield()
        }
        var checks = try LeakChecks(prices, composition, seed: seed, training: checkTraining).run(progress: {
            progress(BacktestProgress(stage: "leak checks", share: 0.95 + 0.05 * $0))
        })
        checks.append(LeakChecks.purge(histories, cuts: models.trained.map(\.session)))
        let evaluation = log.evaluation(trials: trials ?? ModelComposition.all.count + triedBefore, checks)
        guard evaluation.isTrustworthy else {
            throw BacktestError.leak(checks.filter { $0.state == .failed }.map { "\($0.name): \($0.detail)" })
        }
        progress(BacktestProgress(stage: "done", share: 1))
        let elapsed = (clock.now - start).components
        return BacktestReport(
            model: name, forecasts: log.forecasts, rejected: log.rejected, trainedModels: models.trained, failedTrainings: models.failed,
            evaluation: evaluation, rejectedLines: prices.rejected,
            seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    }
}
