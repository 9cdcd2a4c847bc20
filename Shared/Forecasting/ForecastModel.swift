/// A forecasting method: trained on a training set, stored as an artifact, applied to one history at a time.
///
/// A trained model is an immutable value; the same set, seed and binary give the same bits.
package protocol ForecastModel: Sendable {
    /// The stable name of the model family, under which its versions are stored.
    static var family: String { get }

    /// Rows that a forecast reads, its own included; earlier rows change nothing.
    static var lookback: Int { get }

    /// Trains on rows whose labels end at or before the set's cut.
    ///
    /// - Parameters:
    ///   - deadline: when to stop with the best state so far; nil = never.
    ///   - progress: called now and then with the finished share, 0...1.
    /// - Throws: `TrainingError`.
    static func fit(_ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void) throws -> Self

    /// The distribution of the returns after `index`, from rows `...index` alone.
    func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast

    /// Many forecasts at once, one result per request, in their order; the same bits as one by one.
    func forecasts(_ requests: [(history: History, index: Int)]) -> [Result<QuantileForecast, ForecastError>]

    /// The complete model as tensors and text.
    func state() -> Artifact

    /// - Throws: `ArtifactError` when the artifact is of another family or lacks a tensor.
    init(state: Artifact) throws

    /// Measures of the training, by name. `validation_*` are optimistic: their rows were not trained on, but chose the number of rounds.
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
    /// Every model family, in the order of lists.
    package static let all: [any ForecastModel.Type] = [
        Climatology.self, RandomWalk.self, BlendedFHS.self, GARCHModel.self, HARModel.self, LinearQuantile.self, BoostedTrees.self,
        LSTM.self, Transformer.self,
    ]

    /// Rows that the forecast of any family reads.
    package static let lookback = all.map { $0.lookback }.max() ?? 1

    /// The model type of a family; nil when there is none.
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
