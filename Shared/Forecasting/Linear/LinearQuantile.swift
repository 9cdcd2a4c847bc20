import Kernels
import Market

/// Linear quantile regression (Koenker and Bassett, 1978), pooled over all instruments: 21 quantiles of z = y / (S √h) as linear
/// functions of the standardised inputs.
///
/// The pinball loss is minimised by AdamW in mini-batches. Weights start at zero and biases at the empirical quantiles, so that the
/// model starts equal to blended-volatility FHS, and stays close to FHS with few rows.
package struct LinearQuantile: ForecastModel {
    package static let family = "linear-quantile"
    package static let lookback = TabularInputs.lookback

    package let metrics: [String: Double]
    let inputs: TabularInputs
    let scaling: Standardisation
    /// 21 × inputs, row-major.
    let weights: [Float]
    let bias: [Float]
    let seed: UInt64
    let cut: String

    package func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        try inputs.check(history.layout)
        let sigma = try history.volatility(.blend, at: index)
        let x = scaling.applied(inputs.values(history, row: index))
        let z = bias.indices.map { output in
            x.indices.reduce(Double(bias[output])) { $0 + Double(weights[output * x.count + $1]) * Double(x[$1]) }
        }
        return try scaledForecast(z, sigma)
    }
}

extension LinearQuantile {
    package func state() -> Artifact {
        var metadata = Artifact.header(family: Self.family, seed: seed, cut: cut).merging(inputs.metadata) { $1 }
        metadata[ArtifactKey.scaling] = "(x - input.mean) / input.deviation, missing 0, clipped to 8; outputs times S sqrt(h)"
        metadata["rows"] = String(Int(metrics["training_rows"] ?? 0))
        return Artifact(
            metadata: metadata,
            tensors: scaling.tensors + [
                .init(name: "weight", shape: [Quantiles.count, inputs.count], values: weights),
                .init(name: "bias", shape: [Quantiles.count], values: bias),
            ])
    }

    package init(state: Artifact) throws {
        try state.check(family: Self.family)
        let inputs = try TabularInputs(state)
        guard let rows = Int(try state.text("rows")), let seed = UInt64(try state.text(ArtifactKey.seed)) else {
            throw ArtifactError.mismatch("rows or seed is no number")
        }
        self.init(
            metrics: ["training_rows": Double(rows)], inputs: inputs, scaling: try Standardisation(state, inputs: inputs.count),
            weights: try state.values("weight", shape: [Quantiles.count, inputs.count]),
            bias: try state.values("bias", shape: [Quantiles.count]), seed: seed, cut: try state.text(ArtifactKey.cut))
    }
}

extension LinearQuantile {
    /// AdamW: the learning rate is multiplied by `rateDecay` after each epoch.
    static let epochs = 12, batch = 2_048, rate: Float = 3e-3, rateDecay: Float = 0.75, weightDecay: Float = 1e-2

    package static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> LinearQuantile {
        try Processor.check()
        let block = try TabularSamples(set)
        let scaling = Standardisation(block.values, inputs: block.inputs.count)
        var descent = QuantileDescent(block, scaling)
        var random = RandomGenerator(seed: seed, stream: 3)
        var order = (0..<block.rows).map { Int32($0) }
        var rate = rate
        for epoch in 0..<epochs {
            if let deadline, ContinuousClock.now >= deadline { throw TrainingError.deadline }
            random.shuffle(&order)
            for start in stride(from: 0, to: order.count, by: batch) {
                descent.step(order[start..<min(start + batch, order.count)], rate: rate, decay: weightDecay)
            }
            rate *= rateDecay
            progress(Double(epoch + 1) / Double(epochs))
        }
        let (weights, bias) = descent.result()
        guard (weights + bias).allSatisfy(\.isFinite) else { throw TrainingError.diverged(round: epochs, restarts: 0) }
        return LinearQuantile(
            metrics: ["training_rows": Double(block.rows)], inputs: block.inputs, scaling: scaling, weights: weights, bias: bias,
            seed: seed, cut: set.cut.description)
    }
}
