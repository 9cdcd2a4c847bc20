import Forecasting
import Market

/// The figures behind a decision, as they are stored and shown.
struct Evidence: Encodable, Sendable, Hashable {
    struct Record: Encodable, Sendable, Hashable {
        /// By horizon, such as `"5"`.
        let pinballSkill, coverage80: [String: Double]

        private enum CodingKeys: String, CodingKey { case pinballSkill = "pinball_skill", coverage80 = "coverage_80" }
    }

    let origins: Int
    let from, to: SessionDate?
    let family, against: String
    /// Of the loss differences relative to the random walk's loss; negative: `family` is better than `against`.
    let meanDifference: Double?
    /// Diebold and Mariano's for a review, mean over standard error for the watch over the champion.
    let t: Double?
    let records: [String: Record]
    /// What spoke against a change; empty when it was made.
    let reasons: [String]

    private enum CodingKeys: String, CodingKey {
        case origins, from, to, family = "kind", against, meanDifference = "mean_difference", t, records, reasons
    }

    init(_ record: LiveScores, _ family: String, against: String, mean: Double, t: Double, reasons: [String]) {
        func byHorizon(_ values: [Double]) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: zip(Quantiles.horizons, values).filter { $0.1.isFinite }.map { ("\($0)", $1) })
        }
        origins = record.origins.count
        from = record.origins.first?.session
        to = record.origins.last?.session
        self.family = family
        self.against = against
        meanDifference = mean.isFinite ? mean : nil
        self.t = t.isFinite ? t : nil
        records = Dictionary(
            uniqueKeysWithValues: record.families.map {
                ($0, Record(pinballSkill: byHorizon(record.skills($0)), coverage80: byHorizon(record.coverages($0))))
            })
        self.reasons = reasons
    }
}
