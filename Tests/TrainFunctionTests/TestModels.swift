import Forecasting

@testable import TrainFunction

/// A random walk whose training takes three parts.
struct SlowModel: ResumableModel {
    static let family = "slow"
    static let parts = 3
    let walk: RandomWalk

    static func train(
        _ set: TrainingSet, seed: UInt64, resuming checkpoint: [UInt8]?, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> TrainingResult<Self> {
        if let checkpoint, checkpoint.contains(where: { $0 != 7 }) { throw ArtifactError.truncated }
        let done = (checkpoint?.count ?? 0) + 1
        guard done >= parts else { return .interrupted(checkpoint: [UInt8](repeating: 7, count: done)) }
        return .finished(try fit(set, seed: seed, deadline: deadline, progress: { _ in }))
    }

    static func fit(_ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void) throws -> SlowModel {
        SlowModel(walk: try RandomWalk.fit(set, seed: seed))
    }

    func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast { try walk.forecast(history, at: index) }
    func state() -> Artifact { walk.state() }
    init(walk: RandomWalk) { self.walk = walk }
    init(state: Artifact) throws { walk = try RandomWalk(state: state) }
    var metrics: [String: Double] { walk.metrics }
}

/// A model whose checkpoint never changes.
struct StuckModel: ResumableModel {
    static let family = "stuck"

    static func train(
        _ set: TrainingSet, seed: UInt64, resuming checkpoint: [UInt8]?, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> TrainingResult<Self> {
        .interrupted(checkpoint: [1])
    }

    static func fit(_ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void) throws -> StuckModel {
        throw TrainingError.deadline
    }

    func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast { throw .nonFinite }
    func state() -> Artifact { Artifact(metadata: [:], tensors: []) }
    init(state: Artifact) throws {}
    var metrics: [String: Double] { [:] }
}

/// A model whose training diverges twice, under the fallback's name.
struct DivergingModel: ForecastModel {
    static let family = BlendedFHS.family

    static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> DivergingModel {
        throw TrainingError.diverged(round: 4, restarts: 1)
    }

    func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast { throw .nonFinite }
    func state() -> Artifact { Artifact(metadata: [:], tensors: []) }
    init(state: Artifact) throws {}
    var metrics: [String: Double] { [:] }
}

/// A random walk under the name of a family that needs more rows than a test has.
struct StandIn: ForecastModel {
    static let family = LinearQuantile.family
    let walk: RandomWalk

    static func fit(_ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void) throws -> StandIn {
        StandIn(walk: try RandomWalk.fit(set, seed: seed))
    }

    func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast { try walk.forecast(history, at: index) }
    func state() -> Artifact { walk.state() }
    init(walk: RandomWalk) { self.walk = walk }
    init(state: Artifact) throws { walk = try RandomWalk(state: state) }
    var metrics: [String: Double] { walk.metrics }
}
