import Kernels

/// How far a trained net's answers are drawn back to the pooled quantiles that it started from, horizon by horizon: q = p + w (net - p)
/// with the w of 0, 0.1 … 1 whose pinball loss on the validation block is least.
///
/// The head is linear, so that w goes into its weights and biases, and the net stays a net as any other. On a calm validation year a net
/// that learned from loud ones would otherwise be worse than no net at the long horizon, which has few independent outcomes to learn from.
struct HeadShrinkage: Hashable {
    /// w of each horizon.
    let kept: [Double]

    private static let steps = 10

    /// - Parameters:
    ///   - outputs: the net's answers on the validation rows, `[row][output]`.
    ///   - targets: z, `[row][horizon]`.
    ///   - reference: the pooled quantiles, one an output.
    init(outputs: [Float], targets: [Float], reference: [Double]) {
        let horizons = Quantiles.horizons.count, levels = Quantiles.levels
        kept = (0..<horizons).map { horizon in
            let losses = (0...Self.steps).map { step in
                let weight = Double(step) / Double(Self.steps)
                var loss = 0.0
                for row in 0..<targets.count / horizons {
                    let z = Double(targets[row * horizons + horizon])
                    for (j, level) in levels.enumerated() {
                        let place = horizon * levels.count + j
                        let q = Double(outputs[row * reference.count + place])
                        loss += Evaluation.pinball(z, reference[place] + weight * (q - reference[place]), level)
                    }
                }
                return loss
            }
            let best = losses.indices.min { losses[$0] < losses[$1] } ?? Self.steps
            return Double(best) / Double(Self.steps)
        }
    }

    /// Draws the head of the net's block back.
    func apply(to head: Linear, of block: ParameterBlock, reference: [Double]) {
        for (row, start) in reference.enumerated() {
            let weight = Float(kept[row / Quantiles.levels.count])
            for k in 0..<head.columns { block.floats[head.weight + row * head.columns + k] *= weight }
            let bias = block.floats + head.bias + row
            bias.pointee = Float(start) + weight * (bias.pointee - Float(start))
        }
    }
}
