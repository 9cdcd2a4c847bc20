import Forecasting

/// When a challenger becomes the champion: Diebold and Mariano's t below −1.65 on at least 60 origins, 80 % ranges that hold 75 to 85 %
/// at each horizon, and no horizon worse than the floor.
enum PromotionRule {
    static let leastOrigins = 60
    /// Latest origins that count: a year.
    static let window = 250
    static let t = -1.65
    static let coverage = 0.75...0.85

    struct Assessment: Sendable {
        let evidence: Evidence
        var isPromoted: Bool { evidence.reasons.isEmpty }
    }

    /// - Parameter record: holds the three families. A family held against itself, as when another of its fits is promoted by hand, is not better
    ///   than itself: fits of one family share its record.
    static func evaluate(_ record: LiveScores, challenger: String, champion: String, floor: String) -> Assessment {
        let record = record.last(window)
        let test = DieboldMariano(
            record.differences(challenger, less: champion), horizon: Quantiles.longestHorizon, step: 1)
        var reasons: [String] = []
        if record.origins.count < leastOrigins { reasons.append("\(record.origins.count) origins are over, \(leastOrigins) are needed") }
        if !(test.t < t) { reasons.append("not better than \(champion) beyond chance: t is \(rounded(test.t)), below \(t) is needed") }
        if !record.origins.isEmpty {
            for (horizon, share) in zip(Quantiles.horizons, record.coverages(challenger)) where !coverage.contains(share) {
                reasons.append("80 % ranges at horizon \(horizon) held \(rounded(100 * share)) %")
            }
            for (horizon, losses) in zip(Quantiles.horizons, zip(record.meanLosses(challenger), record.meanLosses(floor)))
            where losses.0 > losses.1 {
                reasons.append("worse than \(floor) at horizon \(horizon)")
            }
        }
        return Assessment(evidence: Evidence(record, challenger, against: champion, mean: test.mean, t: test.t, reasons: reasons))
    }

    private static func rounded(_ value: Double) -> Double { value.isFinite ? (100 * value).rounded() / 100 : value }
}
