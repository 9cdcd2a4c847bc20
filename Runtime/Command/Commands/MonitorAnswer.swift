import Foundation

/// What Monitor answers a person.
struct MonitorAnswer: Decodable {
    struct Evidence: Decodable {
        struct Record: Decodable {
            let pinballSkill, coverage80: [String: Double]

            private enum CodingKeys: String, CodingKey { case pinballSkill = "pinball_skill", coverage80 = "coverage_80" }
        }

        let origins: Int
        let from, to: String?
        let family, against: String
        let meanDifference, t: Double?
        let records: [String: Record]
        let reasons: [String]

        private enum CodingKeys: String, CodingKey {
            case origins, from, to, family = "kind", against, meanDifference = "mean_difference", t, records, reasons
        }
    }

    let champion: String?
    let isChanged: Bool?
    let evidence: [Evidence]?
    /// Whether reviews hold the one family against the other.
    let isReviewed: Bool?
    let note: String?

    init(_ body: Data) throws {
        do { self = try JSONDecoder().decode(MonitorAnswer.self, from: body) } catch {
            throw CommandError("Monitor's answer has an unexpected shape", error)
        }
    }

    func printChampion() {
        let word = isChanged == true ? "The champion is now" : "Nothing changed; the champion is"
        Console.output("\(word) \(champion ?? "nobody").")
    }

    func printEvidence() {
        for evidence in evidence ?? [] {
            Console.output(
                "\(evidence.family) against \(evidence.against): \(evidence.origins) origins"
                    + (evidence.from.map { " from \($0) to \(evidence.to ?? "")" } ?? ""))
            var table = TextTable(header: ["model", "horizon", "pinball skill", "inside the 80 % range"])
            for (family, record) in evidence.records.sorted(by: { $0.key < $1.key }) {
                for horizon in record.pinballSkill.keys.compactMap(Int.init).sorted() {
                    table.rows.append(
                        [
                            family, "\(horizon)", Console.percent(record.pinballSkill["\(horizon)"], sign: true),
                            Console.percent(record.coverage80["\(horizon)"]),
                        ])
                }
            }
            for line in table.lines { Console.output(line) }
            if let mean = evidence.meanDifference, let t = evidence.t {
                Console.output(
                    "Loss relative to the random walk's, \(evidence.family) less \(evidence.against): "
                        + "\(Console.percent(mean, sign: true, digits: 2)), t \(Console.fixed(t, 2))")
            }
            for line in verdict(evidence) { Console.output(line) }
        }
    }

    /// What the figures would lead to: to nothing by themselves, unless a review looks at this pair.
    func verdict(_ evidence: Evidence) -> [String] {
        let isEnough = evidence.reasons.isEmpty
        let reasons = evidence.reasons.map { "  \($0)" }
        if isReviewed == true {
            return [isEnough ? "A review would promote it, or a challenger that is better still." : "A review would not promote it:"]
                + reasons
        }
        let reviewed = "a review holds challengers against the champion, \(champion ?? "none")"
        return isEnough ? ["The rule's conditions hold; \(reviewed)."] : ["The rule's conditions do not hold (\(reviewed)):"] + reasons
    }
}
