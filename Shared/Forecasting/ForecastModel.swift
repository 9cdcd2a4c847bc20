/// A forecasting method: trained on a training set, stored as an artifact, applied to one history at a time.
///
/// A trained model is an immutable value; the same set, seed and binary give the same bits.
package protocol ForecastModel: Sendable {
    /// The stable name of the model family, under which its versions are stored.
    static var family: String { get }

    /// The number of rows that a forecast reads, its own included; earlier rows have no influence.
    static var lookback: Int { get }

    /// Trains on rows whose labels end at or before the set's cut.
    ///
    /// - Parameters:
    ///   - deadline: the time at which training stops with the best state so far; nil = no deadline.
    ///   - progress: called repeatedly with the finished share, 0...1.
    /// - Throws: `TrainingError`.
    static func fit(_ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void) throws -> Self

    /// The distribution of the returns after `index`, from rows `...index` alone.
    func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast

    /// Many forecasts at once, one result per request, in their order; bit-identical to single forecasts.
    func forecasts(_ requests: [(history: History, index: Int)]) -> [Result<QuantileForecast, ForecastError>]

    /// The complete model as tensors and text.
    func state() -> Artifact

    /// - Throws: `ArtifactError` when the artifact is of another family or lacks a tensor.
    init(state: Artifact) throws

    /// Measures of the training, by name. `validation_*` are optimistic: the validation rows were not used in training, but determined the number of rounds.
    var metrics: [String: Double] { get }
}

extension ForecastModel {
    package static var lookback: Int { 60 }

    package static func fit(_ set: TrainingSet, seed: UInt64 = 1) throws -> Self {
        try fit(set, seed: seed, deadline: nil, progress: { _ in })
    }

    package func forecasts(_ requests: [(history: History, index: Int)]) -> [Result<QuantileForecast, ForecastError>] {
        requests.map { request in Result { () throws(ForecastError) in try forecast(request.history, at: request.index) } }
    }

    package var family: String { Self.family }
}

/// All model families.
package enum ModelFamilies {
    /// All model families, in the order in which lists show them.
    package static let all: [any ForecastModel.Type] = [
        Climatology.self, RandomWalk.self, BlendedFHS.self, GARCHModel.self, HARModel.self, LinearQuantile.self, BoostedTrees.self,
        LSTM.self, Transformer.self,
    ]

    /// The number of rows that a forecast of any family reads at most.
    package static let lookback = all.map { $0.lookback }.max() ?? 1

    /// The model type of a family; nil for an unknown family.
    package static func named(_ family: String) -> (any ForecastModel.Type)? { all.first { $0.family == family } }
}

/// The model stored in an artifact, of any family.
///
/// - Throws: `ArtifactError`.
package func loadModel(_ artifact: Artifact) throws -> any ForecastModel {
    let family = artifact.metadata[ArtifactKey.family] ?? ""
    guard let type = ModelFamilies.named(family) else { throw ArtifactError.unknownFamily(family) }
    return try type.init(state: artifact)
}
