/// The weights of an ensemble's members at each horizon.
///
/// A member's weight is the mean of its share of the priors and its share of the scores, among the members that have a forecast.
package struct MemberWeights: Sendable, Hashable {
    /// Priors and scores by member, then by horizon; not negative, 0 for a member that is left out.
    package let priors, scores: [[Double]]
    /// The member that remains when no other has a weight.
    package let fallback: Int

    package init(priors: [[Double]], scores: [[Double]], fallback: Int) {
        self.priors = priors
        self.scores = scores
        self.fallback = fallback
    }

    /// The weights of all members at one horizon: not negative, with sum 1.
    ///
    /// - Parameter present: whether each member has a forecast.
    package func weights(horizonIndex: Int, present: [Bool]) -> [Double] {
        let equal = priors.indices.map { present[$0] ? priors[$0][horizonIndex] : 0 }
        let learned = scores.indices.map { present[$0] ? scores[$0][horizonIndex] : 0 }
        let (sum, equalSum) = (learned.reduce(0, +), equal.reduce(0, +))
        guard sum > 0 else { return priors.indices.map { $0 == fallback ? 1 : 0 } }
        return priors.indices.map { 0.5 * equal[$0] / equalSum + 0.5 * learned[$0] / sum }
    }

    /// The weighted mean of the members' quantiles, level by level; members without a forecast are left out.
    package func combined(_ forecasts: [QuantileForecast?]) throws(ForecastError) -> QuantileForecast {
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
