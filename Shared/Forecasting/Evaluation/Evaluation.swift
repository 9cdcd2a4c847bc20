/// Scoring rules for quantile forecasts.
package enum Evaluation {
    /// The pinball loss of one quantile: (y - q) τ above, (q - y)(1 - τ) below.
    package static func pinball(_ outcome: Double, _ quantile: Double, _ level: Double) -> Double {
        let d = outcome - quantile
        return max(level * d, (level - 1) * d)
    }

    /// The mean pinball loss over the seven levels of one horizon.
    package static func pinball(_ outcome: Double, _ forecast: QuantileForecast, horizonIndex: Int) -> Double {
        pinball(outcome, forecast[horizon: horizonIndex])
    }

    static func pinball(_ outcome: Double, _ quantiles: some Collection<Double>) -> Double {
        zip(quantiles, Quantiles.levels).reduce(0) { $0 + pinball(outcome, $1.0, $1.1) } / Double(Quantiles.levels.count)
    }

    /// 1 - loss / reference: positive is better than the reference.
    package static func skill(_ loss: Double, over reference: Double) -> Double { 1 - loss / reference }
}

/// Accumulates loss, coverage and width of one model's forecasts at one horizon.
package struct ScoreAccumulator: Sendable, Hashable {
    package private(set) var count = 0
    package private(set) var loss = 0.0
    package private(set) var inside80 = 0
    package private(set) var inside90 = 0
    package private(set) var width80 = 0.0

    package init() {}

    /// Adds one forecast with its outcome; a missing outcome (NaN) is not counted.
    package mutating func add(_ outcome: Double, _ forecast: QuantileForecast, horizonIndex: Int) {
        add(outcome, quantiles: Array(forecast[horizon: horizonIndex]))
    }

    /// Adds the seven quantiles of one horizon with their outcome.
    package mutating func add(_ outcome: Double, quantiles q: [Double]) {
        guard outcome.isFinite, q.count == Quantiles.levels.count else { return }
        count += 1
        loss += Evaluation.pinball(outcome, q)
        if outcome >= q[1], outcome <= q[5] { inside80 += 1 }
        if outcome >= q[0], outcome <= q[6] { inside90 += 1 }
        width80 += q[5] - q[1]
    }

    package var meanLoss: Double { loss / Double(count) }
    package var coverage80: Double { Double(inside80) / Double(count) }
    package var coverage90: Double { Double(inside90) / Double(count) }
    package var meanWidth80: Double { width80 / Double(count) }
}
