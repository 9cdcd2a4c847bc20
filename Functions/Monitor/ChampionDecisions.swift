import Features
import Forecasting
import FoundationEssentials
import Logging
import Market
import Postgres
import Store

/// Who becomes the champion, by rule or by a person's word.
struct ChampionDecisions: Sendable {
    let database: Database
    let logger: Logger

    enum Failure: Error, Sendable, CustomStringConvertible {
        case noChampion(Instant)
        case unknownModel(String, known: [String])
        case baseline(String)
        case otherFeatures(ModelVersion)

        var description: String {
            switch self {
            case .noChampion(let time): "no model had been trained by \(time): invoke Train first"
            case .unknownModel(let name, let known): "there is no model \"\(name)\"; name an id or one of \(known.joined(separator: ", "))"
            case .baseline(let family): "\(family) is what forecasts are held against; it cannot be the champion"
            case .otherFeatures(let model):
                "\(model.id) reads features \(model.featureVersion) and would refuse those that are made now, \(FeatureSet.version): have "
                    + "\(model.family) trained with them (bellwether invoke Train), then promote it by its family"
            }
        }
    }

    /// Goes back to the floor when the champion's last origins say so. What is read and what is decided are one, so that no other decision
    /// comes between.
    func checkRollback(asOf: Instant) async throws -> MonitorSummary {
        try await database.transaction(attempts: 3) {
            try await Promotions(database).lock()
            guard let lineup = try await lineup(asOf) else { return MonitorSummary(note: "there is no champion yet") }
            let summary = MonitorSummary(champion: lineup.champion.fits[0].id, isChanged: false)
            guard let floor = lineup.members(.floor).first else { return summary }
            let record = try await record(of: [lineup.champion.family, floor.family], asOf: asOf)
            guard let evidence = RollbackRule.evaluate(record, champion: lineup.champion.family, floor: floor.family) else {
                return summary
            }
            let isChanged = try await Promotions(database).promote(
                floor.fits[0].id, asOf: asOf,
                reason: "\(lineup.champion.family) lost more than \(floor.family) over its last \(RollbackRule.origins) origins",
                evidence: try json(evidence))
            guard isChanged else { return summary }
            logger.warning("Rolled back", metadata: ["from": "\(lineup.champion.fits[0].id)", "to": "\(floor.fits[0].id)"])
            return MonitorSummary(champion: floor.fits[0].id, isChanged: true, evidence: [evidence])
        }
    }

    /// Holds each challenger against the champion; of those that pass, the best one takes its place. The looks and the decision are written
    /// at once, and a review that was made is not made again.
    func review(asOf: Instant) async throws -> MonitorSummary {
        try await database.transaction(attempts: 3) {
            try await Promotions(database).lock()
            guard let lineup = try await lineup(asOf) else { return MonitorSummary(note: "there is no champion yet") }
            let champion = lineup.champion
            guard try await !Evaluations(database).isReviewed(asOf: asOf) else {
                return MonitorSummary(champion: champion.fits[0].id, isChanged: false, note: "this review was made already")
            }
            let looks = try await looks(lineup, asOf)
            let best = looks.filter(\.assessment.isPromoted).min {
                ($0.assessment.evidence.meanDifference ?? 0, $0.member.family) < (
                    $1.assessment.evidence.meanDifference ?? 0, $1.member.family
                )
            }
            for look in looks {
                try await record(
                    look.member.family, look.member.family == best?.member.family ? "promoted" : "kept", look.assessment.evidence, asOf)
            }
            try await record(champion.family, best == nil ? "confirmed" : "replaced", ["challengers": looks.map(\.member.family)], asOf)
            let evidence = looks.map(\.assessment.evidence)
            guard let best else { return MonitorSummary(champion: champion.fits[0].id, isChanged: false, evidence: evidence) }
            let isChanged = try await Promotions(database).promote(
                best.member.fits[0].id, asOf: asOf,
                reason: "better than \(champion.family) over \(best.assessment.evidence.origins) origins",
                evidence: try json(best.assessment.evidence))
            guard isChanged else { return MonitorSummary(champion: champion.fits[0].id, isChanged: false, evidence: evidence) }
            logger.notice("Promoted", metadata: ["model": "\(best.member.fits[0].id)", "over": "\(champion.fits[0].id)"])
            return MonitorSummary(champion: best.member.fits[0].id, isChanged: true, evidence: evidence)
        }
    }

    private func looks(
        _ lineup: ModelLineup, _ asOf: Instant
    ) async throws -> [(member: ModelLineup.Member, assessment: PromotionRule.Assessment)] {
        var looks: [(member: ModelLineup.Member, assessment: PromotionRule.Assessment)] = []
        for challenger in lineup.members(.challenger) {
            let record = try await record(of: [challenger.family, lineup.champion.family, BlendedFHS.family], asOf: asOf)
            looks.append(
                (
                    challenger,
                    PromotionRule.evaluate(
                        record, challenger: challenger.family, champion: lineup.champion.family, floor: BlendedFHS.family)
                ))
        }
        return looks
    }

    private func record(_ family: String, _ verdict: String, _ evidence: some Encodable, _ asOf: Instant) async throws {
        try await Evaluations(database).record(
            ModelEvaluation(.review, family: family, asOf: asOf, verdict: verdict, evidence: try json(evidence)))
    }

    func compare(_ family: String, with other: String, asOf: Instant) async throws -> MonitorSummary {
        guard let lineup = try await lineup(asOf) else { throw Failure.noChampion(asOf) }
        for family in [family, other] where lineup[family] == nil {
            throw Failure.unknownModel(family, known: lineup.members.map(\.family))
        }
        for family in [family, other] where lineup[family]?.role == .baseline { throw Failure.baseline(family) }
        let evidence = try await evidence(family, against: other, asOf)
        return MonitorSummary(
            champion: lineup.champion.fits[0].id, evidence: [evidence],
            isReviewed: lineup[family]?.role == .challenger && lineup[other]?.role == .champion)
    }

    func promote(_ name: String, reason: String?, asOf: Instant) async throws -> MonitorSummary {
        try await promoteManually(reason ?? "promoted by hand", asOf) { lineup in
            let found = try await ModelRegistry(database).find(name)
            guard let model = found.flatMap({ $0.asOf <= asOf ? $0 : nil }) ?? lineup[name]?.fits[0] else {
                throw Failure.unknownModel(name, known: lineup.members.map(\.family))
            }
            guard model.family != RandomWalk.family else { throw Failure.baseline(model.family) }
            guard model.featureVersion == FeatureSet.version else { throw Failure.otherFeatures(model) }
            return model
        }
    }

    func rollback(reason: String?, asOf: Instant) async throws -> MonitorSummary {
        try await promoteManually(reason ?? "rolled back by hand", asOf) { lineup in
            guard let floor = lineup[BlendedFHS.family] else {
                throw Failure.unknownModel(BlendedFHS.family, known: lineup.members.map(\.family))
            }
            return floor.fits[0]
        }
    }

    /// Makes the chosen model the champion whatever its figures are, and keeps them beside the word: held against the champion of then.
    private func promoteManually(
        _ reason: String, _ asOf: Instant, _ choose: @Sendable (ModelLineup) async throws -> ModelVersion
    ) async throws -> MonitorSummary {
        try await database.transaction(attempts: 3) {
            try await Promotions(database).lock()
            guard let lineup = try await lineup(asOf) else { throw Failure.noChampion(asOf) }
            let model = try await choose(lineup)
            let evidence = try await evidence(model.family, against: lineup.champion.family, asOf)
            guard try await Promotions(database).promoteManually(model.id, asOf: asOf, reason: reason, evidence: try json(evidence)) else {
                return MonitorSummary(champion: model.id, isChanged: false, note: "it was the champion already")
            }
            return MonitorSummary(champion: model.id, isChanged: true, evidence: [evidence])
        }
    }

    private func evidence(_ family: String, against other: String, _ asOf: Instant) async throws -> Evidence {
        let record = try await record(of: [family, other, BlendedFHS.family], asOf: asOf)
        return PromotionRule.evaluate(record, challenger: family, champion: other, floor: BlendedFHS.family).evidence
    }

    private func lineup(_ asOf: Instant) async throws -> ModelLineup? {
        try await ModelRegistry(database).lineup(
            asOf: asOf, featureVersion: FeatureSet.version, floor: BlendedFHS.family, baseline: RandomWalk.family)
    }

    /// A year of sessions is at most 370 days long.
    private func record(of families: Set<String>, asOf: Instant) async throws -> LiveScores {
        let from = asOf.utcDate.advanced(by: -370 - 2 * Quantiles.longestHorizon)
        return LiveScores(try await Scores(database).origins(of: families, from: from, asOf: asOf), families: families)
    }

    private func json(_ evidence: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(evidence), as: UTF8.self)
    }
}
