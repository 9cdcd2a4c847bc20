import Forecasting
import Market

/// Tests for a look into the future, run on a part of the table with the recipe that is judged: its families, their combination, and the very
/// features, labels and walk, only with short fits.
struct LeakChecks {
    typealias Check = EvaluationReport.LeakCheck

    /// At most this many symbols and sessions take part.
    private static let symbols = 25, sessions = 900
    /// Sessions after the cut that are poisoned or cut away.
    private static let future = 120
    /// Stops of the walk, in sessions before the cut. All horizons of the first have matured at the cut, of the second all but the longest.
    private static let stops = [25, 10, 0]

    /// Enough of each family to show whether it looks ahead.
    static func shortFit(
        _ family: any ForecastModel.Type, _ set: TrainingSet, _ seed: UInt64, _ progress: (Double) -> Void
    ) throws -> any ForecastModel { try ReducedTraining.fit(family, set, seed: seed) }

    let recipe: ModelComposition
    let seed: UInt64
    let fitting: WalkForward.Fitting
    private let series: [PriceTable.Series]
    /// Empty when the table is too short to hold a check.
    private let stops: [SessionDate]
    private let available: Int

    /// - Parameter fitting: of the walk; a test puts a forecaster that peeks in here.
    init(
        _ prices: PriceTable, _ recipe: ModelComposition, seed: UInt64,
        fitting: @escaping WalkForward.Fitting = LeakChecks.shortFit
    ) {
        let all = prices.sessions()
        let part = all.suffix(Self.sessions)
        let refit = Self.stops.max() ?? 0
        self.recipe = ModelComposition(
            name: recipe.name,
            members: recipe.members.map { ModelComposition.Member($0.family, refit: refit, weight: $0.weight) },
            fallback: recipe.fallback, isCalibrated: recipe.isCalibrated)
        self.seed = seed
        self.fitting = fitting
        available = all.count
        let isLong = all.count > 2 * Self.future
        stops = isLong ? Self.stops.map { part[part.endIndex - 1 - Self.future - $0] } : []
        series = isLong ? Self.fullest(prices, from: part[part.startIndex]) : []
    }

    /// The symbols with the most rows since then, with these rows, in the table's order.
    private static func fullest(_ prices: PriceTable, from start: SessionDate) -> [PriceTable.Series] {
        let recent = prices.series.map { series in
            PriceTable.Series(symbol: series.symbol, observations: series.observations.filter { $0.session >= start })
        }
        let order = recent.indices.sorted { (recent[$1].observations.count, $0) < (recent[$0].observations.count, $1) }
        return order.prefix(symbols).sorted().map { recent[$0] }
    }

    /// Future poison, truncation and label shuffle, in this order; each says why when it could not run.
    ///
    /// - Parameters:
    ///   - view: what the checked forecasts see of histories; a test puts a look ahead in here.
    ///   - progress: the finished share.
    func run(
        _ view: ([History]) throws -> [History] = { $0 }, progress: (Double) -> Void = { _ in }
    ) throws -> [EvaluationReport.LeakCheck] {
        guard let cut = stops.last else {
            let reason = "\(available) sessions, the check needs \(2 * Self.future + 1)"
            return ["future poison", "truncation", "label shuffle"].map { Check(name: $0, .notRun, detail: reason) }
        }
        let histories = try view(Self.histories(series))
        let clean = try walk(histories)
        progress(0.25)
        var random = RandomStream(seed: seed)
        let poisoned = series.map { series in
            PriceTable.Series(
                symbol: series.symbol,
                observations: series.observations.map { $0.session > cut ? $0.scaled(0.2 + 4.8 * Double(random.uniform())) : $0 })
        }
        let truncated = series.map { series in
            PriceTable.Series(symbol: series.symbol, observations: series.observations.filter { $0.session <= cut })
        }
        let poison = compare("future poison", clean, try walk(view(Self.histories(poisoned))))
        progress(0.5)
        let truncation = compare("truncation", clean, try walk(view(Self.histories(truncated))))
        progress(0.75)
        return [poison, truncation, try shuffle(histories, cut: cut)]
    }

    /// Counts training labels that end after a fit's cut.
    ///
    /// - Parameter rows: those of one history that are trained on; a test puts rows that reach too far in here.
    static func purge(
        _ histories: [History], cuts: [SessionDate], rows: (TrainingSet, History) -> Range<Int> = { $0.rows(of: $1) }
    ) -> EvaluationReport.LeakCheck {
        var (late, looked) = (0, 0)
        for cut in cuts {
            let set = TrainingSet(histories: histories, cut: cut)
            for history in histories {
                let rows = rows(set, history)
                looked += rows.count
                late += rows.count { history.sessions[min($0 + Quantiles.longestHorizon, history.count - 1)] > cut }
            }
        }
        guard looked > 0 else { return Check(name: "purge", .notRun, detail: "no fit had a labelled row") }
        return Check(
            name: "purge", late == 0 ? .passed : .failed,
            detail: "\(late) of \(looked) labels end after the cut of a fit, over \(cuts.count) fits")
    }

    private static func histories(_ series: [PriceTable.Series]) throws -> [History] {
        try HistoryBuilder.histories(PriceTable(series: series), progress: { _ in })
    }

    /// What a walk said at its stops, by name.
    private struct Walked {
        var values: [String: [Double]] = [:]
        var fitted: [String] = []
        var failures: [BacktestReport.Failure] = []
    }

    private func walk(_ histories: [History]) throws -> Walked {
        var walk = WalkForward(recipe, histories, seed: seed, fitting: fitting)
        var walked = Walked()
        let symbols = histories.map(\.id)
        for (i, session) in stops.enumerated() {
            let elapsed = i > 0 ? Self.stops[i - 1] - Self.stops[i] : 0
            let answers = try walk.forecasts(session, symbols: symbols, elapsed: elapsed) { _ in }
            for (symbol, answer) in zip(symbols, answers) {
                guard case .success(let answer) = answer else { continue }
                walked.values["\(recipe.name), \(symbol) at \(session)"] = answer.raw.values + answer.issued.values
                for (member, forecast) in zip(recipe.members, answer.members) {
                    walked.values["member \(member.family), \(symbol) at \(session)"] = forecast?.values
                }
            }
            if let weights = walk.memberWeights {
                walked.values["weights at \(session)"] = (weights.priors + weights.scores).flatMap(\.self)
            }
            if recipe.isCalibrated { walked.values["spread factors at \(session)"] = walk.calibrationFactors }
        }
        walked.fitted = Set(walk.fits.map(\.family)).sorted()
        walked.failures = walk.failures
        return walked
    }

    private func compare(_ name: String, _ clean: Walked, _ other: Walked) -> Check {
        guard !clean.fitted.isEmpty || !other.fitted.isEmpty else {
            let reason = clean.failures.last.map { "\($0.family): \($0.reason)" }
            return Check(name: name, .notRun, detail: reason ?? "nothing could be fitted")
        }
        func bits(_ values: [Double]?) -> [UInt64]? { values?.map(\.bitPattern) }
        let moved = Set(clean.values.keys).union(other.values.keys).filter { bits(clean.values[$0]) != bits(other.values[$0]) }.sorted()
        var detail = "\(moved.count) of \(clean.values.count) forecasts, weights and spread factors moved when the future changed"
        if let first = moved.first { detail += ": \(first)" }
        for family in Set(clean.failures.map(\.family)).subtracting(clean.fitted).sorted() {
            guard let last = clean.failures.last(where: { $0.family == family }) else { continue }
            detail += "; without \(family): \(last.reason)"
        }
        return Check(name: name, moved.isEmpty ? .passed : .failed, detail: detail)
    }
}

extension Observation {
    fileprivate func scaled(_ factor: Double) -> Observation {
        Observation(
            session: session, open: open * factor, high: high * factor, low: low * factor, close: close * factor, volume: volume * factor,
            split: split, dividend: dividend)
    }
}
