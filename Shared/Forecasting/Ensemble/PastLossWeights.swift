package import Market

/// Weights of an ensemble's members per horizon, from the pinball losses of their past out-of-sample forecasts.
///
/// A member's score is prior × exp(-sharpness × mean past excess loss), the excess taken over the fallback member's loss and relative to
/// it. A member whose excess has been positive by more than a standard error over at least `evidence` origins is left out: with too
/// short a history to learn from, the fallback is what remains. An origin counts for the sessions since the one before it, and five make
/// one: neighbouring ones share most of their outcome.
package struct PastLossWeights: Sendable, Hashable {
    package static let sharpness = 100.0, evidence = 20
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
    /// By member and horizon.
    private var excess: [[Excess]]
    private var last = [SessionDate?](repeating: nil, count: Quantiles.horizons.count)

    /// - Parameters:
    ///   - priors: one per member, not negative; the fallback's may be 0, then it counts only when no other member is left.
    ///   - fallback: the member that the others must beat.
    package init(priors: [Double], fallback: Int) {
        self.priors = priors
        self.fallback = fallback
        excess = priors.map { _ in [Excess](repeating: Excess(), count: Quantiles.horizons.count) }
    }

    /// Takes one origin's mean losses at one horizon in.
    ///
    /// - Parameters:
    ///   - origin: later than the ones before.
    ///   - losses: one per member; nil = it made no forecast there.
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

    /// The weights as they stand.
    package var current: MemberWeights {
        let left = priors.indices.map { member in excess[member].map { $0.isWorse ? 0 : priors[member] } }
        let scores = priors.indices.map { member in
            zip(left[member], excess[member]).map { $0 * exponential(-Self.sharpness * $1.mean) }
        }
        return MemberWeights(priors: left, scores: scores, fallback: fallback)
    }
}
