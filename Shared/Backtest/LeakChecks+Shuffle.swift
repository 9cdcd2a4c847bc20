import Forecasting
import Market

extension LeakChecks {
    /// Skill over the fallback that shuffled labels may show by chance.
    private static let shuffledSkill = 0.015

    /// With the standardised returns of all histories permuted over dates and symbols nothing can be learned: skill over the fallback must be
    /// noise. Over dates alone a symbol that hardly moves would stay one, and whoever knew it by its features would have an honest skill.
    func shuffle(_ histories: [History], cut: SessionDate) throws -> EvaluationReport.LeakCheck {
        let name = "label shuffle"
        let shuffled = try Self.shuffled(histories, seed: seed)
        let symbols = shuffled.map(\.id)
        var walk = WalkForward(recipe, shuffled, seed: seed, fitting: fitting)
        _ = try walk.forecasts(cut, symbols: symbols, elapsed: 0) { _ in }
        let fallback: BlendedFHS
        do { fallback = try BlendedFHS.fit(TrainingSet(histories: shuffled, cut: cut), seed: seed) } catch let failure as TrainingError {
            return Check(name: name, .notRun, detail: "\(BlendedFHS.family): \(failure)")
        }
        var learned = Score()
        var reference = Score()
        for session in Set(shuffled.flatMap(\.sessions)).sorted() where session >= cut {
            for (history, forecast) in zip(shuffled, walk.preview(session, symbols: symbols)) {
                guard let forecast, let row = history.index(atOrBefore: session), let other = try? fallback.forecast(history, at: row)
                else { continue }
                let unit = history.blend[row]
                learned.add(history.outcome(at: row, horizon: 1) / unit, quantiles: forecast[horizon: 0].map { $0 / unit })
                reference.add(history.outcome(at: row, horizon: 1) / unit, quantiles: other[horizon: 0].map { $0 / unit })
            }
        }
        guard reference.count > 0 else {
            let reason = walk.failures.last.map { "\($0.family): \($0.reason)" }
            return Check(name: name, .notRun, detail: reason ?? "no forecast after \(cut) has an outcome")
        }
        let skill = Evaluation.skill(learned.meanLoss, over: reference.meanLoss)
        let percent = (skill * 1e4).rounded() / 100
        return Check(
            name: name, skill < Self.shuffledSkill ? .passed : .failed,
            detail: "with labels shuffled the skill of \(recipe.name) over blended FHS is \(percent) %, out of sample at 1 session")
    }

    private static func shuffled(_ histories: [History], seed: UInt64) throws -> [History] {
        var z = histories.flatMap { history in
            history.sessions.indices.dropFirst().compactMap { i in
                history.blend[i - 1] > 0 ? (history.logLevel[i] - history.logLevel[i - 1]) / history.blend[i - 1] : nil
            }
        }
        var random = RandomStream(seed: seed)
        random.shuffle(&z)
        var rest = z[...]
        return try histories.map { history in
            var level: [Double] = []
            for i in history.sessions.indices {
                guard i > 0 else {
                    level.append(0)
                    continue
                }
                let step = history.blend[i - 1] > 0 ? (rest.popFirst() ?? 0) * history.blend[i - 1] : 0
                level.append(level[i - 1] + step)
            }
            return try History(
                id: history.id, layout: history.layout, sessions: history.sessions, features: history.features, logLevel: level,
                sigma97: history.sigma97, blend: history.blend)
        }
    }
}
