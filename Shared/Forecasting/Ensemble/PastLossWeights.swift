/// Weights of an ensemble's members per horizon, from the pinball losses of their past out-of-sample forecasts.
///
/// Half of a weight is the member's prior, half its share of prior × exp(-sharpness × mean past excess loss), the excess taken over
/// the floor member's loss and relative to it. A member whose excess has been positive by more than a standard error over at least
/// `evidence` origins is left out: with too short a history to learn from, the floor is what remains.
package struct PastLossWeights: Sendable, Hashable {
    package static let sharpness = 100.0, evidence = 20

    private struct Excess: Sendable, Hashable {
        var origins = 0.0
        var sum = 0.0
        var squares = 0.0

        var mean: Double { origins > 0 ? sum / origins : 0 }
        var standardError: Double { (max(squares / origins - mean * mean, 0) / origins).squareRoot() }
        var isWorse: Bool { origins >= Double(PastLossWeights.evidence) && mean > standardError }
    }

    private let priors: [Double]
    private let floor: Int
    /// By member and horizon.
    private var excess: [[Excess]]

    /// - Parameters:
    ///   - priors: one per member, not negative; the floor's may be 0, then it counts only when no other member is left.
    ///   - floor: the member that the others must beat.
    package init(priors: [Double], floor: Int) {
        self.priors = priors
        self.floor = floor
        excess = priors.map { _ in [Excess](repeating: Excess(), count: Quantiles.horizons.count) }
    }

    /// Takes one origin's mean losses at one horizon in; nil = the member made no forecast there.
    package mutating func learn(_ losses: [Double?], horizonIndex: Int) {
        guard let reference = losses[floor], reference > 0 else { return }
        for (member, loss) in losses.enumerated() {
            guard let loss, loss.isFinite else { continue }
            let value = loss / reference - 1
            excess[member][horizonIndex].origins += 1
            excess[member][horizonIndex].sum += value
            excess[member][horizonIndex].squares += value * value
        }
    }

    /// Non-negative, one per member, with sum 1.
    ///
    /// - Parameter present: the members that have a forecast.
    package func weights(horizonIndex: Int, present: [Bool]) -> [Double] {
        let equal = priors.indices.map { present[$0] && !excess[$0][horizonIndex].isWorse ? priors[$0] : 0 }
        let scores = priors.indices.map { equal[$0] * exponential(-Self.sharpness * excess[$0][horizonIndex].mean) }
        let (sum, equalSum) = (scores.reduce(0, +), equal.reduce(0, +))
        guard sum > 0 else { return priors.indices.map { $0 == floor ? 1 : 0 } }
        return priors.indices.map { 0.5 * equal[$0] / equalSum + 0.5 * scores[$0] / sum }
    }

    /// The weighted mean of the members' quantiles, level by level; members without a forecast are left out.
    package func combined(_ forecasts: [QuantileForecast?]) throws(ForecastRefusal) -> QuantileForecast {
        let present = forecasts.map { $0 != nil }
        var values: [Double] = []
        for i in Quantiles.horizons.indices {
            var sum = [Double](repeating: 0, count: Quantiles.levels.count)
            for (forecast, weight) in zip(forecasts, weights(horizonIndex: i, present: present)) where weight > 0 {
                guard let forecast else { throw .untrained("no member of the ensemble has a forecast") }
                for (j, value) in forecast[horizon: i].enumerated() { sum[j] += weight * value }
            }
            values += sum
        }
        return try QuantileForecast(values)
    }
}
