/// Running sums of one horizon.
struct HorizonTally {
    private struct Losses {
        var count = 0
        var model = 0.0
        var climatology = 0.0
        var randomWalk = 0.0

        func slice(_ name: String) -> EvaluationReport.Slice {
            EvaluationReport.Slice(
                name: name, count: count, loss: model / Double(max(count, 1)), overClimatology: Evaluation.skill(model, over: climatology),
                overRandomWalk: Evaluation.skill(model, over: randomWalk))
        }
    }

    private static let terciles = ["calm", "middling", "wild"]

    private var all = Losses()
    private var byTercile = [Losses](repeating: Losses(), count: 3)
    private var byYear: [Int: Losses] = [:]
    private var raw = Score()
    private var issued = Score()
    private var bins = [Int](repeating: 0, count: 10)
    private var againstClimatology: [Double] = []
    private var againstRandomWalk: [Double] = []
    private var hits: [Double] = []
    private var ups: [Double] = []

    mutating func add(_ rows: [EvaluationBook.Row], terciles: [Int], year: Int, horizonIndex i: Int) {
        var today = Losses()
        var (right, up, signed) = (0.0, 0.0, 0.0)
        for (row, tercile) in zip(rows, terciles) {
            let outcome = row.outcomes[i]
            guard outcome.isFinite else { continue }
            let losses = [row.issued, row.climatology, row.randomWalk].map { Evaluation.pinball(outcome, $0, horizonIndex: i) }
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
            raw.add(outcome, row.raw, horizonIndex: i)
            issued.add(outcome, row.issued, horizonIndex: i)
            bins[min(9, Int(10 * row.issued.probability(below: outcome, horizonIndex: i)))] += 1
            let median = row.issued.median(horizonIndex: i)
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

    func horizon(_ horizon: Int, step: Int, rankCorrelation: EvaluationReport.RankCorrelation) -> EvaluationReport.Horizon {
        let share = DieboldMariano(hits, horizon: horizon, step: step)
        let up = ups.isEmpty ? 0 : ups.reduce(0, +) / Double(ups.count)
        let count = Double(max(all.count, 1))
        return EvaluationReport.Horizon(
            horizon: horizon,
            slices: [all.slice("all")] + zip(byTercile, Self.terciles).filter { $0.0.count > 0 }.map { $0.slice($1) }
                + byYear.sorted { $0.key < $1.key }.map { $0.value.slice(String($0.key)) },
            coverage: .init(
                raw80: Double(raw.inside80) / count, raw90: Double(raw.inside90) / count, issued80: Double(issued.inside80) / count,
                issued90: Double(issued.inside90) / count, width80: issued.width80 / count),
            probabilityIntegral: bins.map { Double($0) / count },
            direction: .init(
                share: hits.isEmpty ? 0 : share.mean, halfWidth: share.t != 0 ? abs(1.96 * share.mean / share.t) : 0, alwaysUp: up,
                dates: hits.count),
            rankCorrelation: rankCorrelation,
            comparisons: [
                .init(against: Climatology.kind, t: DieboldMariano(againstClimatology, horizon: horizon, step: step).t),
                .init(against: RandomWalk.kind, t: DieboldMariano(againstRandomWalk, horizon: horizon, step: step).t),
            ])
    }
}
