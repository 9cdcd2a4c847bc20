import Forecasting
import Market

/// The figures of a comparison of two model families, stored with a decision and shown by the API.
struct Evidence: Encodable, Sendable, Hashable {
    /// One family's live performance, by horizon such as `"5"`.
    struct Performance: Encodable, Sendable, Hashable {
        let pinballSkill, coverage80: [String: Double]

        private enum CodingKeys: String, CodingKey { case pinballSkill = "pinball_skill", coverage80 = "coverage_80" }
    }

    let origins: Int
    let from, to: SessionDate?
    let family, against: String
    /// Mean difference of the losses, relative to the random walk's loss; negative: `family` is better than `against`.
    let meanDifference: Double?
    /// The test statistic: Diebold and Mariano's for a review; mean over standard error for the rollback rule.
    let t: Double?
    /// Each family's live performance.
    let performance: [String: Performance]
    /// The conditions of a promotion that do not hold; empty when all hold.
    let reasons: [String]

    private enum CodingKeys: String, CodingKey {
        case origins, from, to, family, against, meanDifference = "mean_difference", t, performance, reasons
    }

    init(_ scores: LiveScores, _ family: String, against: String, mean: Double, t: Double, reasons: [String]) {
        func byHorizon(_ values: [Double]) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: zip(Quantiles.horizons, values).filter { $0.1.isFinite }.map { ("\($0)", $1) })
        }
        origins = scores.origins.count
        from = scores.origins.first?.session
        to = scores.origins.last?.session
        self.family = family
        self.against = against
        meanDifference = mean.isFinite ? mean : nil
        self.t = t.isFinite ? t : nil
        performance = Dictionary(
            uniqueKeysWithValues: scores.families.map {
                ($0, Performance(pinballSkill: byHorizon(scores.skills($0)), coverage80: byHorizon(scores.coverages($0))))
            })
        self.reasons = reasons
    }
}
