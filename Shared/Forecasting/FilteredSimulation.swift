import Market

/// A model of a volatility times pooled empirical quantiles: filtered historical simulation without resampling.
///
/// `RandomWalk` and `BlendedFHS` differ only in their volatility. Training reads five years of rows once.
package protocol FilteredSimulation: ForecastModel {
    /// The volatility that scales the quantiles.
    static var series: VolatilitySeries { get }
    init(_ fitted: FittedSimulation)
    var fitted: FittedSimulation { get }
}

/// The learned quantiles of a filtered simulation.
package struct FittedSimulation: Sendable, Hashable {
    var quantiles: PooledQuantiles
    var seed: UInt64
    var cut: String
    var featureVersion: String

    /// The number of days before the cut whose rows are pooled: five years.
    static let windowDays = 1826
}

extension FilteredSimulation {
    package static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> Self {
        let quantiles = try PooledQuantiles(set, series: series, from: set.cut.advanced(by: -FittedSimulation.windowDays))
        progress(1)
        let version = set.histories.first?.layout.version ?? ""
        return Self(FittedSimulation(quantiles: quantiles, seed: seed, cut: set.cut.description, featureVersion: version))
    }

    package func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        try fitted.quantiles.scaled(by: history.volatility(Self.series, at: index))
    }

    package func state() -> Artifact {
        var metadata = Artifact.header(family: Self.family, seed: fitted.seed, cut: fitted.cut)
        metadata[ArtifactKey.featureVersion] = fitted.featureVersion
        metadata["rows"] = String(fitted.quantiles.rows)
        let values = fitted.quantiles.values.map(Float.init)
        let shape = [Quantiles.horizons.count, Quantiles.levels.count]
        return Artifact(metadata: metadata, tensors: [.init(name: "standardised_quantiles", shape: shape, values: values)])
    }

    package init(state: Artifact) throws {
        try state.check(family: Self.family)
        let values = try state.values("standardised_quantiles", shape: [Quantiles.horizons.count, Quantiles.levels.count])
        guard let rows = Int(try state.text("rows")), let seed = UInt64(try state.text(ArtifactKey.seed)) else {
            throw ArtifactError.mismatch("rows or seed is not a number")
        }
        let cut = try state.text(ArtifactKey.cut)
        let version = try state.text(ArtifactKey.featureVersion)
        self.init(
            FittedSimulation(
                quantiles: PooledQuantiles(values: values.map(Double.init), rows: rows), seed: seed, cut: cut, featureVersion: version))
    }

    package var metrics: [String: Double] { ["training_rows": Double(fitted.quantiles.rows)] }
}

/// The random walk that every forecast is compared with: EWMA 0.97 volatility × pooled quantiles.
package struct RandomWalk: FilteredSimulation {
    package static let family = "random-walk"
    package static let series = VolatilitySeries.ewma97
    package let fitted: FittedSimulation
    package init(_ fitted: FittedSimulation) { self.fitted = fitted }
}

/// Blended range-based volatility × pooled quantiles: the first champion, and the fallback of every learned model.
package struct BlendedFHS: FilteredSimulation {
    package static let family = "blended-fhs"
    package static let series = VolatilitySeries.blend
    package let fitted: FittedSimulation
    package init(_ fitted: FittedSimulation) { self.fitted = fitted }
}
