import Foundation

/// Monitor's response to a comparison, a promotion or a rollback.
struct MonitorResponse: Decodable {
    struct Evidence: Decodable {
        struct Performance: Decodable {
            let pinballSkill, coverage80: [String: Double]

            private enum CodingKeys: String, CodingKey { case pinballSkill = "pinball_skill", coverage80 = "coverage_80" }
        }

        let origins: Int
        let from, to: String?
        let family, against: String
        let meanDifference, t: Double?
        let performance: [String: Performance]
        let reasons: [String]

        private enum CodingKeys: String, CodingKey {
            case origins, from, to, family, against, meanDifference = "mean_difference", t, performance, reasons
        }
    }

    let champion: String?
    let isChanged: Bool?
    let evidence: [Evidence]?
    /// Whether reviews compare this pair.
    let isReviewed: Bool?
    let note: String?

    private enum CodingKeys: String, CodingKey {
        case champion, isChanged = "is_changed", evidence, isReviewed = "is_reviewed", note
    }

    init(_ body: Data) throws {
        do { self = try JSONDecoder().decode(MonitorResponse.self, from: body) } catch {
            throw CommandError("Monitor's response has an unexpected shape", error)
        }
    }

    func printChampion() {
        let change = isChanged == true ? "The champion is now" : "Nothing changed; the champion is"
        Console.output("\(change) \(champion ?? "none").")
    }

    func printEvidence() {
        for evidence in evidence ?? [] {
            Console.output(
                "\(evidence.family) against \(evidence.against): \(evidence.origins) origins"
                    + (evidence.from.map { " from \($0) to \(evidence.to ?? "")" } ?? ""))
            var table = TextTable(header: ["family", "horizon", "pinball skill", "coverage of the 80 % interval"])
            for (family, performance) in evidence.performance.sorted(by: { $0.key < $1.key }) {
                for horizon in performance.pinballSkill.keys.compactMap(Int.init).sorted() {
                    table.rows.append(
                        [
                            family, "\(horizon)", Console.percent(performance.pinballSkill["\(horizon)"], sign: true),
                            Console.percent(performance.coverage80["\(horizon)"]),
                        ])
                }
            }
            for line in table.lines { Console.output(line) }
            if let mean = evidence.meanDifference, let t = evidence.t {
                Console.output(
                    "Loss relative to the random walk's, \(evidence.family) less \(evidence.against): "
                        + "\(Console.percent(mean, sign: true, digits: 2)), t \(Console.fixed(t, 2))")
            }
            for line in conclusion(evidence) { Console.output(line) }
        }
    }

    /// The lines that say whether a review would promote the family. Only a challenger is reviewed, against the champion.
    func conclusion(_ evidence: Evidence) -> [String] {
        let isEnough = evidence.reasons.isEmpty
        let reasons = evidence.reasons.map { "  \($0)" }
        if isReviewed == true {
            return [isEnough ? "A review would promote it, or a better challenger." : "A review would not promote it:"] + reasons
        }
        let reviewed = "a review compares challengers with the champion, \(champion ?? "none")"
        return isEnough
            ? ["The conditions of a promotion hold; \(reviewed)."]
            : ["The conditions of a promotion do not hold (\(reviewed)):"] + reasons
    }
}
