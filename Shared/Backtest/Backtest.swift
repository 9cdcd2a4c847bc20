import Forecasting
import Market

/// Walk-forward over a table of bars: no input or output, bytes in and values out.
package enum Backtest {
    /// Forecasts every origin from what was known there, and scores what can be scored.
    ///
    /// - Parameters:
    ///   - origins: nil = `Origins.standard`.
    ///   - model: a recipe's name; nil = `Recipe.standard`.
    ///   - seed: of every fit.
    ///   - progress: called often, from the task that runs the backtest.
    /// - Throws: `BacktestFailure`; `CancellationError` when the task is cancelled.
    package static func run(
        prices: PriceTable, origins: [Origin]? = nil, model: String? = nil, seed: UInt64 = 1,
        progress: @Sendable (BacktestProgress) -> Void = { _ in }
    ) async throws -> BacktestReport {
        let clock = ContinuousClock()
        let start = clock.now
        let name = model ?? Recipe.standard.name
        guard let recipe = Recipe.named(name) else { throw BacktestFailure.unknownModel(name) }
        let origins = origins ?? Origins.standard(prices)
        guard !origins.isEmpty else { throw BacktestFailure.noOrigins }
        let histories = try HistoryBuilder.histories(prices) { progress(BacktestProgress(stage: "features", share: 0.05 * $0)) }
        let sessions = Set(prices.sessions()).union(origins.map(\.session)).sorted()
        let place = Dictionary(uniqueKeysWithValues: sessions.enumerated().map { ($1, $0) })
        let bySession = Dictionary(grouping: origins, by: \.session)
        var walk = WalkForward(recipe, histories, seed: seed)
        var reference = WalkForward(Recipe.all[0], histories, seed: seed)
        var book = ScoreBook(histories)
        var forecasts: [BacktestReport.Issued] = []
        var refused: [BacktestReport.Refused] = []
        var last: Int?
        for (i, session) in bySession.keys.sorted().enumerated() {
            try Task.checkCancellation()
            let due = bySession[session] ?? []
            let elapsed = last.map { (place[session] ?? 0) - $0 } ?? 0
            last = place[session]
            let symbols = due.map(\.symbol)
            let answers = try walk.forecasts(session, symbols: symbols, elapsed: elapsed) { share in
                progress(
                    BacktestProgress(
                        stage: "fitting at \(session)", share: 0.05 + 0.95 * (Double(i) + 0.9 * share) / Double(bySession.count)))
            }
            let walks = try reference.forecasts(session, symbols: symbols, elapsed: elapsed) { _ in }
            for (origin, pair) in zip(due, zip(answers, walks)) {
                switch pair.0 {
                case .success(let forecast): forecasts.append(BacktestReport.Issued(origin: origin, forecast: forecast))
                case .failure(let reason): refused.append(BacktestReport.Refused(origin: origin, reason: reason))
                }
            }
            book.add(session, symbols, answers, walks)
            progress(BacktestProgress(stage: "forecasting \(session)", share: 0.05 + 0.95 * Double(i + 1) / Double(bySession.count)))
            await Task.yield()
        }
        let elapsed = (clock.now - start).components
        return BacktestReport(
            model: name, forecasts: forecasts, refused: refused, fits: walk.fits, horizons: book.horizons(), rejectedLines: prices.rejected,
            seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    }
}
