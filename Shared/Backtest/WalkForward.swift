import Forecasting
import Market

/// The models of one recipe as they stand at one origin, fitted anew when due.
///
/// A member that cannot be fitted yet stands aside and is tried again at the next origin; one that fails later keeps its last model.
/// A fit sees labels that end at or before the origin (`TrainingSet`'s purge), so an origin's forecasts depend on rows up to it alone.
struct WalkForward {
    let recipe: Recipe
    private let histories: [History]
    private let place: [String: Int]
    private let seed: UInt64
    private var fitted: [(any ForecastModel)?]
    private var age: [Int]
    /// Why a member has no model yet.
    private var reason = ""
    /// Metrics of every fit, in order.
    private(set) var fits: [BacktestReport.Fit] = []

    init(_ recipe: Recipe, _ histories: [History], seed: UInt64) {
        self.recipe = recipe
        self.histories = histories
        self.seed = seed
        place = Dictionary(uniqueKeysWithValues: histories.enumerated().map { ($1.id, $0) })
        fitted = recipe.members.map { _ in nil }
        age = recipe.members.map { _ in 0 }
    }

    /// Forecasts of one session's origins, in their order.
    ///
    /// - Parameters:
    ///   - elapsed: sessions since the origin before.
    ///   - progress: the share of the fits due that is done.
    mutating func forecasts(
        _ session: SessionDate, symbols: [String], elapsed: Int, progress: (Double) -> Void
    ) throws -> [Result<QuantileForecast, ForecastRefusal>] {
        try refit(session, elapsed: elapsed, progress: progress)
        var requests: [(history: History, index: Int)] = []
        var requestOf: [Int?] = []
        for symbol in symbols {
            if let history = place[symbol].map({ histories[$0] }), let index = history.index(atOrBefore: session),
                history.sessions[index] == session
            {
                requestOf.append(requests.count)
                requests.append((history, index))
            } else {
                requestOf.append(nil)
            }
        }
        let ready = recipe.members.indices.filter { fitted[$0] != nil }
        let answers = ready.compactMap { fitted[$0]?.forecasts(requests) }
        let weights = ready.map { recipe.members[$0].weight }
        return zip(symbols, requestOf).map { symbol, request in
            guard let request else { return .failure(.shape("\(symbol) has no usable bar on \(session)")) }
            return Result { () throws(ForecastRefusal) in
                guard !answers.isEmpty else { throw .untrained(reason) }
                var parts: [QuantileForecast] = []
                for answer in answers { parts.append(try answer[request].get()) }
                return try QuantileForecast.average(parts, weights: weights)
            }
        }
    }

    private mutating func refit(_ session: SessionDate, elapsed: Int, progress: (Double) -> Void) throws {
        let set = TrainingSet(histories: histories, cut: session)
        for (i, member) in recipe.members.enumerated() {
            age[i] += elapsed
            guard fitted[i] == nil || age[i] >= member.refit else { continue }
            guard let type = ModelKinds.named(member.kind) else { throw BacktestFailure.unknownModel(member.kind) }
            do {
                let model = try type.fit(set, seed: seed &+ member.seedOffset, deadline: nil, progress: progress)
                fitted[i] = model
                age[i] = 0
                fits.append(BacktestReport.Fit(kind: member.kind, session: session, metrics: model.metrics))
            } catch let failure as TrainingFailure {
                reason = "\(member.kind) at \(session): \(failure)"
            }
        }
    }
}
