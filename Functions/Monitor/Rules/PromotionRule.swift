import Forecasting

/// The conditions under which a challenger becomes the champion: Diebold and Mariano's t below −1.65 on at least 60 origins, a coverage of
/// the 80 % interval of 75 to 85 % at each horizon, and no horizon worse than the fallback.
enum PromotionRule {
    static let leastOrigins = 60
    /// The number of latest origins that are compared: about a year.
    static let window = 250
    static let t = -1.65
    static let coverage = 0.75...0.85

    /// The evidence of a comparison with the rule's result.
    struct Assessment: Sendable {
        let evidence: Evidence
        var isPromoted: Bool { evidence.reasons.isEmpty }
    }

    /// Compares a challenger with the champion.
    ///
    /// A family compared with itself (when another of its versions is promoted manually) is not better, because all versions of a family share
    /// the family's scores.
    ///
    /// - Parameter scores: the scores of the three families.
    static func evaluate(_ scores: LiveScores, challenger: String, champion: String, fallback: String) -> Assessment {
        let scores = scores.last(window)
        let test = DieboldMariano(
            scores.differences(challenger, less: champion), horizon: Quantiles.longestHorizon, step: 1)
        var reasons: [String] = []
        if scores.origins.count < leastOrigins {
            reasons.append("\(scores.origins.count) origins have matured, \(leastOrigins) are needed")
        }
        if !(test.t < t) {
            reasons.append("not significantly better than \(champion): t is \(rounded(test.t)), below \(t) is needed")
        }
        if !scores.origins.isEmpty {
            for (horizon, share) in zip(Quantiles.horizons, scores.coverages(challenger)) where !coverage.contains(share) {
                reasons.append("coverage of the 80 % interval at horizon \(horizon) is \(rounded(100 * share)) %")
            }
            for (horizon, losses) in zip(Quantiles.horizons, zip(scores.meanLosses(challenger), scores.meanLosses(fallback)))
            where losses.0 > losses.1 {
                reasons.append("worse than \(fallback) at horizon \(horizon)")
            }
        }
        return Assessment(evidence: Evidence(scores, challenger, against: champion, mean: test.mean, t: test.t, reasons: reasons))
    }

    private static func rounded(_ value: Double) -> Double { value.isFinite ? (100 * value).rounded() / 100 : value }
}
