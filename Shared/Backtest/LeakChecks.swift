import Forecasting
import Market

/// Checks that forecasts do not depend on later data.
///
/// The checks use the composition, features, labels and walk-forward of the backtest with reduced training, on up to 25 symbols and 900
/// sessions.
struct LeakChecks {
    typealias Check = EvaluationReport.LeakCheck

    /// The largest number of symbols and of sessions that are used.
    private static let symbols = 25, sessions = 900
    /// The number of sessions after the cut that are changed or removed.
    private static let future = 120
    /// The walk-forward's stops, in sessions before the cut. At the cut, all horizons of the first stop have matured, and all but the longest
    /// horizon of the second.
    private static let stops = [25, 10, 0]

    /// Trains just enough to show whether a model depends on later data.
    static func reducedTraining(
        _ family: any ForecastModel.Type, _ set: TrainingSet, _ seed: UInt64, _ progress: (Double) -> Void
    ) throws -> any ForecastModel { try ReducedTraining.fit(family, set, seed: seed) }

    let composition: ModelComposition
    let seed: UInt64
    let training: WalkForward.Training
    private let series: [PriceTable.Series]
    /// The sessions of the forecasts; empty when the table is too short for a check.
    private let stops: [SessionDate]
    private let available: Int

    /// - Parameter training: training of the models; tests replace it by models that read later data.
    init(
        _ prices: PriceTable, _ composition: ModelComposition, seed: UInt64,
        training: @escaping WalkForward.Training = LeakChecks.reducedTraining
    ) {
        let all = prices.sessions()
        let part = all.suffix(Self.sessions)
        let refit = Self.stops.max() ?? 0
        self.composition = ModelComposition(
            name: composition.name,
            members: composition.members.map { ModelComposition.Member($0.family, refit: refit, weight: $0.weight) },
            fallback: composition.fallback, isCalibrated: composition.isCalibrated)
        self.seed = seed
        self.training = training
        available = all.count
        let isLong = all.count > 2 * Self.future
        stops = isLong ? Self.stops.map { part[part.endIndex - 1 - Self.future - $0] } : []
        series = isLong ? Self.fullest(prices, from: part[part.startIndex]) : []
    }

    /// The symbols with the most rows from `start` on, with these rows, in the table's order.
    private static func fullest(_ prices: PriceTable, from start: SessionDate) -> [PriceTable.Series] {
        let recent = prices.series.map { series in
            PriceTable.Series(symbol: series.symbol, observations: series.observations.filter { $0.session >= start })
        }
        let order = recent.indices.sorted { (recent[$1].observations.count, $0) < (recent[$0].observations.count, $1) }
        return order.prefix(symbols).sorted().map { recent[$0] }
    }

    /// Runs future poison, truncation and label shuffle, in this order.
    ///
    /// - Parameters:
    ///   - view: changes the histories from which forecasts are made; tests add later data.
    ///   - progress: the finished share.
    func run(
        _ view: ([History]) throws -> [History] = { $0 }, progress: (Double) -> Void = { _ in }
    ) throws -> [EvaluationReport.LeakCheck] {
        guard let cut = stops.last else {
            let reason = "\(available) sessions, the check needs \(2 * Self.future + 1)"
            return ["future poison", "truncation", "label shuffle"].map { Check(name: $0, .notRun, detail: reason) }
        }
        let histories = try view(Self.histories(series))
        let clean = try walkForward(histories)
        progress(0.25)
        var random = RandomGenerator(seed: seed)
        let poisoned = series.map { series in
            PriceTable.Series(
                symbol: series.symbol,
                observations: series.observations.map { $0.session > cut ? $0.scaled(0.2 + 4.8 * Double(random.uniform())) : $0 })
        }
        let truncated = series.map { series in
            PriceTable.Series(symbol: series.symbol, observations: series.observations.filter { $0.session <= cut })
        }
        let poison = compare("future poison", clean, try walkForward(view(Self.histories(poisoned))))
        progress(0.5)
        let truncation = compare("truncation", clean, try walkForward(view(Self.histories(truncated))))
        progress(0.75)
        return [poison, truncation, try shuffle(histories, cut: cut)]
    }

    /// Counts training labels that end after the cut of a training.
    ///
    /// - Parameter rows: the training rows of a history; tests return rows with later labels.
    static func purge(
        _ histories: [History], cuts: [SessionDate], rows: (TrainingSet, History) -> Range<Int> = { $0.rows(of: $1) }
    ) -> EvaluationReport.LeakCheck {
        var (late, checked) = (0, 0)
        for cut in cuts {
            let set = TrainingSet(histories: histories, cut: cut)
            for history in histories {
                let rows = rows(set, history)
                checked += rows.count
                late += rows.count { history.sessions[min($0 + Quantiles.longestHorizon, history.count - 1)] > cut }
            }
        }
        guard checked > 0 else { return Check(name: "purge", .notRun, detail: "no training had a labelled row") }
        return Check(
            name: "purge", late == 0 ? .passed : .failed,
            detail: "\(late) of \(checked) labels end after the cut of a training, over \(cuts.count) trainings")
    }

    private static func histories(_ series: [PriceTable.Series]) throws -> [History] {
        try HistoryBuilder.histories(PriceTable(series: series), progress: { _ in })
    }

    /// The forecasts, weights and factors of a walk-forward at its stops, by name.
    private struct WalkForwardValues {
        var values: [String: [Double]] = [:]
        var trainedFamilies: [String] = []
        var failed: [BacktestReport.FailedTraining] = []
    }

    private func walkForward(_ histories: [History]) throws -> WalkForwardValues {
        var models = WalkForward(composition, histories, seed: seed, training: training)
        var result = WalkForwardValues()
        let symbols = histories.map(\.id)
        for (i, session) in stops.enumerated() {
            let elapsed = i > 0 ? Self.stops[i - 1] - Self.stops[i] : 0
            let forecasts = try models.forecasts(session, symbols: symbols, elapsed: elapsed) { _ in }
            for (symbol, forecast) in zip(symbols, forecasts) {
                guard case .success(let combined) = forecast else { continue }
                result.values["\(composition.name), \(symbol) at \(session)"] = combined.uncalibrated.values + combined.calibrated.values
                for (member, forecast) in zip(composition.members, combined.members) {
                    result.values["member \(member.family), \(symbol) at \(session)"] = forecast?.values
                }
            }
            if let weights = models.memberWeights {
                result.values["weights at \(session)"] = (weights.priors + weights.scores).flatMap(\.self)
            }
            if composition.isCalibrated { result.values["calibration factors at \(session)"] = models.calibrationFactors }
        }
        result.trainedFamilies = Set(models.trained.map(\.family)).sorted()
        result.failed = models.failed
        return result
    }

    private func compare(_ name: String, _ clean: WalkForwardValues, _ other: WalkForwardValues) -> Check {
        guard !clean.trainedFamilies.isEmpty || !other.trainedFamilies.isEmpty else {
            let reason = clean.failed.last.map { "\($0.family): \($0.reason)" }
            return Check(name: name, .notRun, detail: reason ?? "no model could be trained")
        }
        func bits(_ values: [Double]?) -> [UInt64]? { values?.map(\.bitPattern) }
        let moved = Set(clean.values.keys).union(other.values.keys).filter { bits(clean.values[$0]) != bits(other.values[$0]) }.sorted()
        var detail = "\(moved.count) of \(clean.values.count) forecasts, weights and calibration factors moved when the future changed"
        if let first = moved.first { detail += ": \(first)" }
        for family in Set(clean.failed.map(\.family)).subtracting(clean.trainedFamilies).sorted() {
            guard let last = clean.failed.last(where: { $0.family == family }) else { continue }
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

extension LeakChecks {
    /// The largest skill over the fallback that shuffled labels may have by chance.
    private static let shuffledSkill = 0.015

    /// Checks that models have no skill over the fallback when standardised returns are permuted over dates and symbols.
    ///
    /// Permuted over dates alone, a symbol would keep its low or high volatility, and a model that recognises the symbol by its features would
    /// have skill.
    func shuffle(_ histories: [History], cut: SessionDate) throws -> EvaluationReport.LeakCheck {
        let name = "label shuffle"
        let shuffled = try Self.shuffled(histories, seed: seed)
        let symbols = shuffled.map(\.id)
        var models = WalkForward(composition, shuffled, seed: seed, training: training)
        _ = try models.forecasts(cut, symbols: symbols, elapsed: 0) { _ in }
        let fallback: BlendedFHS
        do { fallback = try BlendedFHS.fit(TrainingSet(histories: shuffled, cut: cut), seed: seed) } catch let failure as TrainingError {
            return Check(name: name, .notRun, detail: "\(BlendedFHS.family): \(failure)")
        }
        var learned = ScoreAccumulator()
        var reference = ScoreAccumulator()
        for session in Set(shuffled.flatMap(\.sessions)).sorted() where session >= cut {
            for (history, forecast) in zip(shuffled, models.preview(session, symbols: symbols)) {
                guard let forecast, let row = history.index(atOrBefore: session), let other = try? fallback.forecast(history, at: row)
                else { continue }
                let scale = history.blend[row]
                learned.add(history.outcome(at: row, horizon: 1) / scale, quantiles: forecast[horizon: 0].map { $0 / scale })
                reference.add(history.outcome(at: row, horizon: 1) / scale, quantiles: other[horizon: 0].map { $0 / scale })
            }
        }
        guard reference.count > 0 else {
            let reason = models.failed.last.map { "\($0.family): \($0.reason)" }
            return Check(name: name, .notRun, detail: reason ?? "no forecast after \(cut) has an outcome")
        }
        let skill = Evaluation.skill(learned.meanLoss, over: reference.meanLoss)
        let percent = (skill * 1e4).rounded() / 100
        return Check(
            name: name, skill < Self.shuffledSkill ? .passed : .failed,
            detail: "with labels shuffled the skill of \(composition.name) over blended FHS is \(percent) %, out of sample at 1 session")
    }

    private static func shuffled(_ histories: [History], seed: UInt64) throws -> [History] {
        var z = histories.flatMap { history in
            history.sessions.indices.dropFirst().compactMap { i in
                history.blend[i - 1] > 0 ? (history.logLevel[i] - history.logLevel[i - 1]) / history.blend[i - 1] : nil
            }
        }
        var random = RandomGenerator(seed: seed)
        random.shuffle(&z)
        var remaining = z[...]
        return try histories.map { history in
            var level: [Double] = []
            for i in history.sessions.indices {
                guard i > 0 else {
                    level.append(0)
                    continue
                }
                let step = history.blend[i - 1] > 0 ? (remaining.popFirst() ?? 0) * history.blend[i - 1] : 0
                level.append(level[i - 1] + step)
            }
            return try History(
                id: history.id, layout: history.layout, sessions: history.sessions, features: history.features, logLevel: level,
                sigma97: history.sigma97, blend: history.blend)
        }
    }
}
