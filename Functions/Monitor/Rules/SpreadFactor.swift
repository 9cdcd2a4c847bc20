import Market
import Store

#if canImport(Glibc)
    import Glibc
#endif

/// Adaptive conformal calibration of a range's width (after Gibbs and Candès, 2021): too few outcomes inside widen it, too many narrow it.
///
/// Symmetric about the median, one factor for each kind of model and horizon, one step for each origin, pooled over instruments:
/// ln k += 0.01 (0.8 − share of the outcomes inside the issued 80 % range). That is 0.05 in five sessions: origins of consecutive
/// sessions share most of their outcome, and a step of 0.05 on each would overshoot before the first one's effect is seen.
struct SpreadFactor: Sendable, Hashable {
    static let rate = 0.01, target = 0.8

    private(set) var k = 1.0
    private(set) var knownAt = Instant(microseconds: .min)

    /// Goes on from what is stored; nil starts at 1.
    init(after calibration: Calibration? = nil) {
        guard let calibration else { return }
        k = calibration.k
        knownAt = calibration.knownAt
    }

    mutating func step(_ origin: OriginCoverage) {
        k *= exp(Self.rate * (Self.target - Double(origin.inside) / Double(origin.outcomes)))
        knownAt = max(knownAt, origin.knownAt)
    }
}
