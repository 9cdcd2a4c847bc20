package import Market

/// Learns an ensemble's member weights per horizon from the pinball losses of past out-of-sample forecasts.
///
/// A member's score is prior × exp(−sharpness × mean past excess loss); the excess is relative to the fallback member's loss. A member
/// whose excess exceeded zero by more than a standard error over at least `evidence` origins is left out. An origin is weighted by
/// the sessions since the previous origin. Five sessions count as one observation, because neighbouring origins share most of their outcomes.
package struct PastLossWeights: Sendable, Hashable {
    /// The factor of the excess loss in a score's exponent.
    package static let sharpness = 100.0
    /// The least number of origins after which a worse member is left out.
    package static let evidence = 20
    /// The number of sessions that count as one observation.
    private static let sessions = 5

    private struct Excess: Sendable, Hashable {
        var origins = 0.0
        var sum = 0.0
        var squares = 0.0

        var mean: Double { origins > 0 ? sum / origins : 0 }
        var standardError: Double { (max(squares / origins - mean * mean, 0) / origins).squareRoot() }
        var isWorse: Bool { origins >= Double(PastLossWeights.evidence) && mean > standardError }
    }

    private let priors: [Double]
    private let fallback: Int
    /// The excess losses by member and horizon.
    private var excess: [[Excess]]
    private var last = [SessionDate?](repeating: nil, count: Quantiles.horizons.count)

    /// - Parameters:
    ///   - priors: one per member, not negative; the fallback's prior may be 0: the fallback is then used only when no other member remains.
    ///   - fallback: the member that the others must beat.
    package init(priors: [Double], fallback: Int) {
        self.priors = priors
        self.fallback = fallback
        excess = priors.map { _ in [Excess](repeating: Excess(), count: Quantiles.horizons.count) }
    }

    /// Adds the mean losses of one origin at one horizon.
    ///
    /// - Parameters:
    ///   - origin: later than the origins before.
    ///   - losses: one per member; nil for a member without a forecast.
    package mutating func learn(_ origin: SessionDate, _ losses: [Double?], horizonIndex: Int) {
        guard let reference = losses[fallback], reference > 0 else { return }
        let step = OriginStep.sessions(after: last[horizonIndex], through: origin, atMost: Self.sessions)
        last[horizonIndex] = origin
        let share = Double(step) / Double(Self.sessions)
        for (member, loss) in losses.enumerated() {
            guard let loss, loss.isFinite else { continue }
            let value = loss / reference - 1
            excess[member][horizonIndex].origins += share
            excess[member][horizonIndex].sum += share * value
            excess[member][horizonIndex].squares += share * value * value
        }
    }

    /// The weights learned so far.
    package var current: MemberWeights {
        let left = priors.indices.map { member in excess[member].map { $0.isWorse ? 0 : priors[member] } }
        let scores = priors.indices.map { member in
            zip(left[member], excess[member]).map { $0 * exponential(-Self.sharpness * $1.mean) }
        }
        return MemberWeights(priors: left, scores: scores, fallback: fallback)
    }
}

/// The time that an origin represents, so that learning from origins of every session and of every fifth session agrees.
enum OriginStep {
    /// The number of weekdays after one origin through the next, from 1 to `limit`; 1 for the first origin.
    static func sessions(after last: SessionDate?, through origin: SessionDate, atMost limit: Int) -> Int {
        guard let last else { return 1 }
        let days = max(0, min(Int(origin.day) - Int(last.day), 7 * limit))
        return min(max((0..<days).count { last.advanced(by: $0 + 1).weekday <= 5 }, 1), limit)
    }
}
