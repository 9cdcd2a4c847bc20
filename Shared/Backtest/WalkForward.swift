import Forecasting
import Market

/// Forecasts with the models of one composition at one origin after another.
///
/// Models are trained again when due, and weighted and calibrated by their matured forecasts. A member that cannot be trained yet makes no
/// forecast and is tried again at the next origin; a member whose later training fails continues with its last version. Training uses labels
/// that end at or before the origin (`TrainingSet`'s purge); weights and calibration use outcomes known at the origin's close. So the
/// forecasts of an origin depend only on rows up to the origin.
struct WalkForward {
    let composition: ModelComposition
    private let histories: [History]
    private let indexBySymbol: [String: Int]
    private let seed: UInt64
    private let training: Training
    private var models: [(any ForecastModel)?]
    private var age: [Int]
    private var clock = 0
    private var maturing = MaturingForecasts()
    private var weights: PastLossWeights?
    private var calibration: [RangeCalibration]?
    /// All trained versions, in order.
    private(set) var trained: [BacktestReport.TrainedModel] = []
    /// All trainings that failed, in order.
    private(set) var failed: [BacktestReport.FailedTraining] = []

    /// Trains a family with a seed and reports the finished share.
    typealias Training = (any ForecastModel.Type, TrainingSet, UInt64, (Double) -> Void) throws -> any ForecastModel

    /// The forecasts of one origin.
    struct CombinedForecast {
        /// The members' forecasts; nil for a member without a forecast.
        let members: [QuantileForecast?]
        let uncalibrated: QuantileForecast
        let calibrated: QuantileForecast
    }

    init(
        _ composition: ModelComposition, _ histories: [History], seed: UInt64,
        training: @escaping Training = { try $0.fit($1, seed: $2, deadline: nil, progress: $3) }
    ) {
        self.composition = composition
        self.histories = histories
        self.seed = seed
        self.training = training
        indexBySymbol = Dictionary(uniqueKeysWithValues: histories.enumerated().map { ($1.id, $0) })
        models = composition.members.map { _ in nil }
        age = composition.members.map { _ in 0 }
        weights = composition.fallback.map { PastLossWeights(priors: composition.members.map(\.weight), fallback: $0) }
        calibration = composition.isCalibrated ? Quantiles.horizons.map { _ in RangeCalibration() } : nil
    }

    /// The members' current weights; nil when weights are fixed.
    var memberWeights: MemberWeights? { weights?.current }

    /// The current calibration factor of each horizon.
    var calibrationFactors: [Double] { calibration?.map(\.factor) ?? Quantiles.horizons.map { _ in 1 } }

    /// Forecasts the origins of one session, in their order.
    ///
    /// - Parameters:
    ///   - elapsed: sessions since the previous origin session.
    ///   - progress: the finished share of the trainings due.
    mutating func forecasts(
        _ session: SessionDate, symbols: [String], elapsed: Int, progress: (Double) -> Void
    ) throws -> [Result<CombinedForecast, ForecastError>] {
        clock += elapsed
        for origin in maturing.matured(histories, session: session, clock: clock) {
            weights?.learn(origin.session, origin.losses, horizonIndex: origin.horizonIndex)
            calibration?[origin.horizonIndex].learn(origin.session, inside: origin.inside)
        }
        try trainDueMembers(session, elapsed: elapsed, progress: progress)
        let (requests, requestOf) = requests(session, symbols)
        let results = models.map { $0?.forecasts(requests) }
        var entries: [MaturingForecasts.Entry] = []
        let result = zip(symbols, requestOf).map { symbol, request -> Result<CombinedForecast, ForecastError> in
            guard let request else { return .failure(.shape(indexBySymbol[symbol] == nil ? Self.unknownSymbol : Self.noBar)) }
            return Result { () throws(ForecastError) in
                let parts = results.map { $0.flatMap { try? $0[request].get() } }
                guard parts.contains(where: { $0 != nil }) else {
                    for case .some(let memberResults) in results { _ = try memberResults[request].get() }
                    throw .untrained(failed.last.map { "\($0.family) at \($0.session): \($0.reason)" } ?? "")
                }
                let uncalibrated = try combined(parts)
                let calibrated = try calibration == nil ? uncalibrated : uncalibrated.scaled(by: calibrationFactors)
                let (history, row) = requests[request]
                if let index = indexBySymbol[symbol] {
                    entries.append(.init(history: index, row: row, members: parts, published: calibrated, scale: history.blend[row]))
                }
                return CombinedForecast(members: parts, uncalibrated: uncalibrated, calibrated: calibrated)
            }
        }
        if weights != nil || calibration != nil { maturing.add(entries, session: session, clock: clock) }
        return result
    }

    /// The uncalibrated forecasts of the current models for a session, without training, learning or storing anything.
    func preview(_ session: SessionDate, symbols: [String]) -> [QuantileForecast?] {
        let (requests, requestOf) = requests(session, symbols)
        let results = models.map { $0?.forecasts(requests) }
        return requestOf.map { request in
            guard let request else { return nil }
            return try? combined(results.map { $0.flatMap { try? $0[request].get() } })
        }
    }

    /// The symbols that have a row on the session, and the index of each symbol among them.
    private func requests(_ session: SessionDate, _ symbols: [String]) -> (requests: [(history: History, index: Int)], requestOf: [Int?]) {
        var requests: [(history: History, index: Int)] = []
        let requestOf = symbols.map { symbol -> Int? in
            guard let history = indexBySymbol[symbol].map({ histories[$0] }), let index = history.index(atOrBefore: session),
                history.sessions[index] == session
            else { return nil }
            requests.append((history, index))
            return requests.count - 1
        }
        return (requests, requestOf)
    }

    private static let noBar = "no usable bar", unknownSymbol = "the prices do not contain the symbol"

    private func combined(_ parts: [QuantileForecast?]) throws(ForecastError) -> QuantileForecast {
        if let weights { return try weights.current.combined(parts) }
        let ready = parts.indices.filter { parts[$0] != nil }
        return try QuantileForecast.average(parts.compactMap { $0 }, weights: ready.map { composition.members[$0].weight })
    }

    private mutating func trainDueMembers(_ session: SessionDate, elapsed: Int, progress: (Double) -> Void) throws {
        let set = TrainingSet(histories: histories, cut: session)
        for (i, member) in composition.members.enumerated() {
            age[i] += elapsed
            guard models[i] == nil || age[i] >= member.refit else { continue }
            guard let type = ModelFamilies.named(member.family) else { throw BacktestError.unknownModel(member.family) }
            do {
                let model = try training(type, set, seed) {
                    progress((Double(i) + $0) / Double(composition.members.count))
                }
                models[i] = model
                age[i] = 0
                trained.append(BacktestReport.TrainedModel(family: member.family, session: session, metrics: model.metrics))
            } catch let failure as TrainingError {
                failed.append(
                    BacktestReport.FailedTraining(
                        family: member.family, session: session, keepsEarlierVersion: models[i] != nil, reason: failure))
            }
        }
    }
}
