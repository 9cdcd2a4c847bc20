import Forecasting
import Market

/// The models of one recipe as they stand at one origin, fitted anew when due, weighed and calibrated by their own matured forecasts.
///
/// A member that cannot be fitted yet stands aside and is tried again at the next origin; one that fails later keeps its last model.
/// A fit sees labels that end at or before the origin (`TrainingSet`'s purge), weights and calibration only outcomes known at its
/// close, so an origin's forecasts depend on rows up to it alone.
struct WalkForward {
    let recipe: ModelComposition
    private let histories: [History]
    private let place: [String: Int]
    private let seed: UInt64
    private let fitting: Fitting
    private var fitted: [(any ForecastModel)?]
    private var age: [Int]
    private var clock = 0
    private var maturing = MaturingForecasts()
    private var weights: PastLossWeights?
    private var calibration: [RangeCalibration]?
    /// Metrics of every fit, in order.
    private(set) var fits: [BacktestReport.Fit] = []
    /// Every fit that was due and could not be made, in order.
    private(set) var failures: [BacktestReport.Failure] = []

    /// How a family is fitted: with a seed, telling the share that is done.
    typealias Fitting = (any ForecastModel.Type, TrainingSet, UInt64, (Double) -> Void) throws -> any ForecastModel

    /// One origin's answer: each member's, as combined, and as calibrated.
    struct Answer {
        /// Nil = it made none.
        let members: [QuantileForecast?]
        let raw: QuantileForecast
        let issued: QuantileForecast
    }

    init(
        _ recipe: ModelComposition, _ histories: [History], seed: UInt64,
        fitting: @escaping Fitting = { try $0.fit($1, seed: $2, deadline: nil, progress: $3) }
    ) {
        self.recipe = recipe
        self.histories = histories
        self.seed = seed
        self.fitting = fitting
        place = Dictionary(uniqueKeysWithValues: histories.enumerated().map { ($1.id, $0) })
        fitted = recipe.members.map { _ in nil }
        age = recipe.members.map { _ in 0 }
        weights = recipe.fallback.map { PastLossWeights(priors: recipe.members.map(\.weight), fallback: $0) }
        calibration = recipe.isCalibrated ? Quantiles.horizons.map { _ in RangeCalibration() } : nil
    }

    /// The members' weights as they stand; nil when nothing is learned of them.
    var memberWeights: MemberWeights? { weights?.current }

    /// The spread's factor per horizon as it stands.
    var calibrationFactors: [Double] { calibration?.map(\.factor) ?? Quantiles.horizons.map { _ in 1 } }

    /// Forecasts of one session's origins, in their order.
    ///
    /// - Parameters:
    ///   - elapsed: sessions since the origin before.
    ///   - progress: the share of the fits due that is done.
    mutating func forecasts(
        _ session: SessionDate, symbols: [String], elapsed: Int, progress: (Double) -> Void
    ) throws -> [Result<Answer, ForecastError>] {
        clock += elapsed
        for lesson in maturing.lessons(histories, session: session, clock: clock) {
            weights?.learn(lesson.origin, lesson.losses, horizonIndex: lesson.horizonIndex)
            calibration?[lesson.horizonIndex].learn(lesson.origin, inside: lesson.inside)
        }
        try refit(session, elapsed: elapsed, progress: progress)
        let (requests, requestOf) = requests(session, symbols)
        let answers = fitted.map { $0?.forecasts(requests) }
        var entries: [MaturingForecasts.Entry] = []
        let result = zip(symbols, requestOf).map { symbol, request -> Result<Answer, ForecastError> in
            guard let request else { return .failure(.shape(place[symbol] == nil ? Self.unknownSymbol : Self.noBar)) }
            return Result { () throws(ForecastError) in
                let parts = answers.map { $0.flatMap { try? $0[request].get() } }
                guard parts.contains(where: { $0 != nil }) else {
                    for case .some(let answer) in answers { _ = try answer[request].get() }
                    throw .untrained(failures.last.map { "\($0.family) at \($0.session): \($0.reason)" } ?? "")
                }
                let raw = try combined(parts)
                let issued = try calibration == nil ? raw : raw.scaled(by: calibrationFactors)
                let (history, row) = requests[request]
                if let index = place[symbol] {
                    entries.append(.init(history: index, row: row, members: parts, issued: issued, scale: history.blend[row]))
                }
                return Answer(members: parts, raw: raw, issued: issued)
            }
        }
        if weights != nil || calibration != nil { maturing.add(entries, session: session, clock: clock) }
        return result
    }

    /// What the models as they stand would answer on a session: nothing is fitted, learned or remembered.
    func preview(_ session: SessionDate, symbols: [String]) -> [QuantileForecast?] {
        let (requests, requestOf) = requests(session, symbols)
        let answers = fitted.map { $0?.forecasts(requests) }
        return requestOf.map { request in
            guard let request else { return nil }
            return try? combined(answers.map { $0.flatMap { try? $0[request].get() } })
        }
    }

    /// The symbols that have a row on the session, and each symbol's place among them.
    private func requests(_ session: SessionDate, _ symbols: [String]) -> (requests: [(history: History, index: Int)], requestOf: [Int?]) {
        var requests: [(history: History, index: Int)] = []
        let requestOf = symbols.map { symbol -> Int? in
            guard let history = place[symbol].map({ histories[$0] }), let index = history.index(atOrBefore: session),
                history.sessions[index] == session
            else { return nil }
            requests.append((history, index))
            return requests.count - 1
        }
        return (requests, requestOf)
    }

    private static let noBar = "no usable bar", unknownSymbol = "the prices do not hold the symbol"

    private func combined(_ parts: [QuantileForecast?]) throws(ForecastError) -> QuantileForecast {
        if let weights { return try weights.current.combined(parts) }
        let ready = parts.indices.filter { parts[$0] != nil }
        return try QuantileForecast.average(parts.compactMap { $0 }, weights: ready.map { recipe.members[$0].weight })
    }

    private mutating func refit(_ session: SessionDate, elapsed: Int, progress: (Double) -> Void) throws {
        let set = TrainingSet(histories: histories, cut: session)
        for (i, member) in recipe.members.enumerated() {
            age[i] += elapsed
            guard fitted[i] == nil || age[i] >= member.refit else { continue }
            guard let type = ModelFamilies.named(member.family) else { throw BacktestError.unknownModel(member.family) }
            do {
                let model = try fitting(type, set, seed) {
                    progress((Double(i) + $0) / Double(recipe.members.count))
                }
                fitted[i] = model
                age[i] = 0
                fits.append(BacktestReport.Fit(family: member.family, session: session, metrics: model.metrics))
            } catch let failure as TrainingError {
                failures.append(
                    BacktestReport.Failure(family: member.family, session: session, keepsEarlierFit: fitted[i] != nil, reason: failure))
            }
        }
    }
}
