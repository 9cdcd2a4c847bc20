import Kernels

/// Shrinks a trained net's quantiles towards the pooled quantiles it started from, per horizon: q = p + w (net − p).
///
/// w is the value of 0, 0.1 … 1 with the least pinball loss on the validation block. The head is linear, so w is applied to its weights and
/// biases. Without shrinkage, a net trained on volatile years was worse than the pooled quantiles at the long horizon in a quiet validation
/// year; the long horizon has few independent outcomes to learn from.
struct HeadShrinkage: Hashable {
    /// w by horizon.
    let weights: [Double]

    private static let steps = 10

    /// - Parameters:
    ///   - outputs: the net's quantiles of z on the validation rows, `[row][output]`.
    ///   - targets: outcomes z, `[row][horizon]`.
    ///   - reference: the pooled quantiles, one per output.
    init(outputs: [Float], targets: [Float], reference: [Double]) {
        let horizons = Quantiles.horizons.count, levels = Quantiles.levels
        weights = (0..<horizons).map { horizon in
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

    /// Shrinks the head of a parameter block.
    func apply(to head: LinearLayer, of block: ParameterBlock, reference: [Double]) {
        for (row, start) in reference.enumerated() {
            let weight = Float(weights[row / Quantiles.levels.count])
            for k in 0..<head.columns { block.floats[head.weight + row * head.columns + k] *= weight }
            let bias = block.floats + head.bias + row
            bias.pointee = Float(start) + weight * (bias.pointee - Float(start))
        }
    }
}
