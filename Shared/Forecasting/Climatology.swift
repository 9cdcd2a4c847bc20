import Market

/// A model without training: the empirical quantiles of an instrument's own returns of its last 500 sessions.
package struct Climatology: ForecastModel {
    package static let family = "climatology"
    /// The largest and the least number of outcomes that are used.
    private static let window = 500, least = History.warmUp + 1 - Quantiles.longestHorizon
    package static let lookback = window + Quantiles.longestHorizon

    let seed: UInt64
    let cut: String

    package var metrics: [String: Double] { [:] }

    package static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> Climatology {
        guard !set.histories.isEmpty else { throw TrainingError.insufficientHistory(rows: 0, needed: 1) }
        progress(1)
        return Climatology(seed: seed, cut: set.cut.description)
    }

    package func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        try Self.forecast(history, at: index)
    }

    /// The forecast, which needs no trained model.
    package static func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        guard index >= 0, index < history.count else { throw .shape("history of \(history.id) has no row \(index)") }
        var values: [Double] = []
        for horizon in Quantiles.horizons {
            let last = index - horizon
            guard last + 1 >= least else { throw .shortHistory(sessions: index + 1, needed: History.warmUp + 1) }
            let outcomes = (max(0, last + 1 - window)...last).map { history.outcome(at: $0, horizon: horizon) }.sorted()
            values += Quantiles.levels.map { empiricalQuantile(outcomes, $0) }
        }
        return try QuantileForecast(values)
    }

    package func state() -> Artifact { Artifact(metadata: Artifact.header(family: Self.family, seed: seed, cut: cut), tensors: []) }

    package init(state: Artifact) throws {
        try state.check(family: Self.family)
        guard let seed = UInt64(try state.text(ArtifactKey.seed)) else { throw ArtifactError.mismatch("seed is not a number") }
        self.init(seed: seed, cut: try state.text(ArtifactKey.cut))
    }

    private init(seed: UInt64, cut: String) {
        self.seed = seed
        self.cut = cut
    }
}
