import Features
import Forecasting
import Market

/// Tests for a look into the future, run on a part of the table with the very features, labels and fits of the walk.
struct LeakChecks {
    private typealias Check = EvaluationReport.LeakCheck

    /// At most this many symbols and sessions take part.
    private static let symbols = 25, sessions = 900
    /// Sessions after the cut that are poisoned or cut away.
    private static let future = 120
    /// Skill over the floor that shuffled labels may show by chance.
    private static let shuffledSkill = 0.015
    private static let kinds = [BlendedFHS.kind, HARModel.kind, LinearQuantile.kind]

    private let series: [PriceTable.Series]
    private let cut: SessionDate
    private let seed: UInt64

    /// Nil when the table is too short to hold a check.
    init?(_ prices: PriceTable, seed: UInt64) {
        let all = prices.sessions()
        guard all.count > 2 * Self.future else { return nil }
        let part = all.suffix(Self.sessions)
        cut = part[part.endIndex - 1 - Self.future]
        series = prices.series.prefix(Self.symbols).map { series in
            PriceTable.Series(symbol: series.symbol, observations: series.observations.filter { $0.session >= part[part.startIndex] })
        }
        self.seed = seed
    }

    /// - Parameter view: what the checked forecasts see of histories; a test puts a look ahead in here.
    func run(_ view: ([History]) throws -> [History] = { $0 }) throws -> [EvaluationReport.LeakCheck] {
        let cut = cut
        let histories = try view(Self.histories(series))
        let clean = try forecasts(histories)
        var random = SplitMix(seed)
        let poisoned = series.map { series in
            PriceTable.Series(
                symbol: series.symbol, observations: series.observations.map { $0.session > cut ? $0.scaled(random.factor()) : $0 })
        }
        let truncated = series.map { series in
            PriceTable.Series(symbol: series.symbol, observations: series.observations.filter { $0.session <= cut })
        }
        return [
            compare("future poison", clean, try forecasts(view(Self.histories(poisoned)))),
            compare("truncation", clean, try forecasts(view(Self.histories(truncated)))),
            try shuffle(histories),
        ]
    }

    /// Counts training labels that end after a fit's cut.
    static func purge(_ histories: [History], cuts: [SessionDate]) -> EvaluationReport.LeakCheck {
        var late = 0
        for cut in cuts {
            let set = TrainingSet(histories: histories, cut: cut)
            for history in histories {
                guard let last = set.rows(of: history).last else { continue }
                let ends = history.sessions[min(last + Quantiles.longestHorizon, history.count - 1)]
                if ends > cut { late += 1 }
            }
        }
        return Check(name: "purge", passed: late == 0, detail: "\(late) labels end after the cut of a fit, over \(cuts.count) fits")
    }

    private static func histories(_ series: [PriceTable.Series]) throws -> [History] {
        try HistoryBuilder.histories(PriceTable(series: series), progress: { _ in })
    }

    /// What each kind, fitted at the cut, forecasts there.
    private func forecasts(_ histories: [History]) throws -> [String: QuantileForecast] {
        let set = TrainingSet(histories: histories, cut: cut)
        var answers: [String: QuantileForecast] = [:]
        for kind in Self.kinds {
            guard let type = ModelKinds.named(kind) else { continue }
            do {
                let model = try type.fit(set, seed: seed)
                for history in histories {
                    guard let index = history.index(atOrBefore: cut) else { continue }
                    answers["\(kind) \(history.id)"] = try? model.forecast(history, at: index)
                }
            } catch is TrainingFailure { continue }
        }
        return answers
    }

    private func compare(
        _ name: String, _ clean: [String: QuantileForecast], _ other: [String: QuantileForecast]
    ) -> EvaluationReport.LeakCheck {
        let moved = Set(clean.keys).union(other.keys).filter { clean[$0] != other[$0] }.sorted()
        let detail = "\(moved.count) of \(clean.count) forecasts at \(cut) moved when the future changed"
        return Check(name: name, passed: moved.isEmpty, detail: moved.first.map { "\(detail): \($0)" } ?? detail)
    }

    /// With the standardised returns of all histories permuted over dates and symbols nothing can be learned: skill over the floor must be
    /// noise. Over dates alone a symbol that hardly moves would stay one, and whoever knew it by its features would have an honest skill.
    private func shuffle(_ histories: [History]) throws -> EvaluationReport.LeakCheck {
        var z = histories.flatMap { history in
            history.sessions.indices.dropFirst().compactMap { i in
                history.blend[i - 1] > 0 ? (history.logLevel[i] - history.logLevel[i - 1]) / history.blend[i - 1] : nil
            }
        }
        var random = SplitMix(seed)
        for i in stride(from: z.count - 1, to: 0, by: -1) { z.swapAt(i, Int(random.next() % UInt64(i + 1))) }
        var rest = z[...]
        let shuffled = try histories.map { history in
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
        let set = TrainingSet(histories: shuffled, cut: cut)
        guard let linear = try? LinearQuantile.fit(set, seed: seed), let floor = try? BlendedFHS.fit(set, seed: seed) else {
            return Check(name: "label shuffle", passed: true, detail: "too little history to fit anything")
        }
        var learned = Score()
        var reference = Score()
        for history in shuffled {
            guard let first = history.index(atOrBefore: cut) else { continue }
            for row in first..<history.count {
                guard let a = try? linear.forecast(history, at: row), let b = try? floor.forecast(history, at: row) else { continue }
                let unit = history.blend[row]
                learned.add(history.outcome(at: row, horizon: 1) / unit, quantiles: a[horizon: 0].map { $0 / unit })
                reference.add(history.outcome(at: row, horizon: 1) / unit, quantiles: b[horizon: 0].map { $0 / unit })
            }
        }
        guard reference.count > 0 else { return Check(name: "label shuffle", passed: true, detail: "no outcome after the cut") }
        let skill = Evaluation.skill(learned.meanLoss, over: reference.meanLoss)
        let percent = (skill * 1e4).rounded() / 100
        return Check(
            name: "label shuffle", passed: skill < Self.shuffledSkill,
            detail: "with labels shuffled over dates the skill over blended FHS is \(percent) %, out of sample at 1 session")
    }
}

/// Deterministic factors for the poison (Steele, Lea and Flood's SplitMix64).
private struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var x = state
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return x ^ (x >> 31)
    }

    /// In 0.2…5.
    mutating func factor() -> Double { 0.2 + 4.8 * Double(next() >> 11) * 0x1p-53 }
}

extension Observation {
    fileprivate func scaled(_ factor: Double) -> Observation {
        Observation(
            session: session, open: open * factor, high: high * factor, low: low * factor, close: close * factor, volume: volume * factor,
            split: split, dividend: dividend)
    }
}
