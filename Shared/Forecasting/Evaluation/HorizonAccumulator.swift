/// Accumulates the scores of one horizon.
struct HorizonAccumulator {
    private struct Losses {
        var count = 0
        var model = 0.0
        var climatology = 0.0
        var randomWalk = 0.0

        func slice(_ name: String) -> EvaluationReport.Slice {
            func skill(over reference: Double) -> Double? { reference > 0 ? Evaluation.skill(model, over: reference) : nil }
            return EvaluationReport.Slice(
                name: name, count: count, loss: model / Double(max(count, 1)), overClimatology: skill(over: climatology),
                overRandomWalk: skill(over: randomWalk))
        }
    }

    private static let terciles = ["low volatility", "medium volatility", "high volatility"]

    private var all = Losses()
    private var byTercile = [Losses](repeating: Losses(), count: 3)
    private var byYear: [Int: Losses] = [:]
    private var uncalibrated = ScoreAccumulator()
    private var calibrated = ScoreAccumulator()
    private var bins = [Int](repeating: 0, count: 10)
    private var againstClimatology: [Double] = []
    private var againstRandomWalk: [Double] = []
    private var hits: [Double] = []
    private var ups: [Double] = []

    mutating func add(_ rows: [EvaluationAccumulator.Row], terciles: [Int], year: Int, horizonIndex i: Int) {
        var today = Losses()
        var (right, up, signed) = (0.0, 0.0, 0.0)
        for (row, tercile) in zip(rows, terciles) {
            let outcome = row.outcomes[i]
            guard outcome.isFinite else { continue }
            let losses = [row.calibrated, row.climatology, row.randomWalk].map { Evaluation.pinball(outcome, $0, horizonIndex: i) }
            func add(_ sums: inout Losses) {
                sums.count += 1
                sums.model += losses[0]
                sums.climatology += losses[1]
                sums.randomWalk += losses[2]
            }
            add(&today)
            add(&all)
            add(&byTercile[tercile])
            add(&byYear[year, default: Losses()])
            uncalibrated.add(outcome, row.uncalibrated, horizonIndex: i)
            calibrated.add(outcome, row.calibrated, horizonIndex: i)
            bins[min(9, Int(10 * row.calibrated.probability(below: outcome, horizonIndex: i)))] += 1
            let median = row.calibrated.median(horizonIndex: i)
            if outcome != 0, median != 0 {
                signed += 1
                if (outcome > 0) == (median > 0) { right += 1 }
                if outcome > 0 { up += 1 }
            }
        }
        guard today.count > 0 else { return }
        againstClimatology.append((today.model - today.climatology) / Double(today.count))
        againstRandomWalk.append((today.model - today.randomWalk) / Double(today.count))
        if signed > 0 {
            hits.append(right / signed)
            ups.append(up / signed)
        }
    }

    func horizon(_ horizon: Int, step: Int, rankCorrelation: EvaluationReport.RankCorrelation?) -> EvaluationReport.Horizon {
        func t(_ differences: [Double]) -> Double? {
            differences.count > 1 ? DieboldMariano(differences, horizon: horizon, step: step).t : nil
        }
        let count = Double(max(all.count, 1))
        return EvaluationReport.Horizon(
            horizon: horizon,
            slices: [all.slice("all")] + zip(byTercile, Self.terciles).filter { $0.0.count > 0 }.map { $0.slice($1) }
                + byYear.sorted { $0.key < $1.key }.map { $0.value.slice(String($0.key)) },
            coverage: all.count == 0
                ? nil
                : .init(
                    uncalibrated80: uncalibrated.coverage80, uncalibrated90: uncalibrated.coverage90, calibrated80: calibrated.coverage80,
                    calibrated90: calibrated.coverage90,
                    width80: calibrated.meanWidth80),
            probabilityIntegral: bins.enumerated().map { i, outcomes in
                .init(from: Double(i) / 10, to: Double(i + 1) / 10, share: Double(outcomes) / count)
            }, direction: direction(horizon, step: step),
            rankCorrelation: rankCorrelation,
            comparisons: [
                .init(against: Climatology.family, t: t(againstClimatology)), .init(against: RandomWalk.family, t: t(againstRandomWalk)),
            ])
    }

    private func direction(_ horizon: Int, step: Int) -> EvaluationReport.Direction? {
        guard !hits.isEmpty else { return nil }
        let share = DieboldMariano(hits, horizon: horizon, step: step)
        let halfWidth = share.t != 0 ? abs(1.96 * share.mean / share.t) : 0
        return EvaluationReport.Direction(
            share: share.mean, halfWidth: hits.count > 1 ? halfWidth : nil, alwaysUp: ups.reduce(0, +) / Double(ups.count),
            dates: hits.count)
    }
}
