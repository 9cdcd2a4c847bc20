import Features
import Forecasting
import FoundationEssentials
import Logging
import Market
import Postgres
import Store

/// Decides which model version is the champion: by the rules, or by an operator's order.
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
            case .unknownModel(let name, let known):
                "there is no model \"\(name)\"; name a version's id or one of the families \(known.joined(separator: ", "))"
            case .baseline(let family): "\(family) is the baseline of every forecast; it cannot be the champion"
            case .otherFeatures(let model):
                "\(model.id) reads features \(model.featureVersion), and features are now \(FeatureSet.version): have \(model.family) "
                    + "trained with them (bellwether invoke Train), then promote the family"
            }
        }
    }

    /// Promotes the fallback when the rollback rule says so.
    ///
    /// Reading and deciding are one transaction, so that no other decision can intervene.
    func checkRollback(asOf: Instant) async throws -> MonitorSummary {
        try await database.transaction(attempts: 3) {
            try await Promotions(database).lock()
            guard let lineup = try await lineup(asOf) else { return MonitorSummary(note: "there is no champion yet") }
            let champion = lineup.champion
            let summary = MonitorSummary(champion: champion.current.id, isChanged: false)
            guard let fallback = lineup.members(.fallback).first else { return summary }
            let scores = try await liveScores(of: [champion.family, fallback.family], asOf: asOf)
            guard let evidence = RollbackRule.evaluate(scores, champion: champion.family, fallback: fallback.family) else {
                return summary
            }
            let isChanged = try await Promotions(database).promote(
                fallback.current.id, asOf: asOf,
                reason: "\(champion.family) lost more than \(fallback.family) over its last \(RollbackRule.origins) origins",
                evidence: try json(evidence))
            guard isChanged else { return summary }
            logger.warning("Rolled back", metadata: ["from": "\(champion.current.id)", "to": "\(fallback.current.id)"])
            return MonitorSummary(champion: fallback.current.id, isChanged: true, evidence: [evidence])
        }
    }

    /// Compares each challenger with the champion, and promotes the best challenger that meets the promotion rule.
    ///
    /// Evaluations and promotion are stored in one transaction; a stored review is not made again.
    func review(asOf: Instant) async throws -> MonitorSummary {
        try await database.transaction(attempts: 3) {
            try await Promotions(database).lock()
            guard let lineup = try await lineup(asOf) else { return MonitorSummary(note: "there is no champion yet") }
            let champion = lineup.champion
            guard try await !Evaluations(database).isReviewed(asOf: asOf) else {
                return MonitorSummary(champion: champion.current.id, isChanged: false, note: "this review was made already")
            }
            let reviews = try await reviews(lineup, asOf)
            let best = reviews.filter(\.assessment.isPromoted).min {
                ($0.assessment.evidence.meanDifference ?? 0, $0.challenger.family) < (
                    $1.assessment.evidence.meanDifference ?? 0, $1.challenger.family
                )
            }
            for review in reviews {
                try await store(
                    review.challenger.family, review.challenger.family == best?.challenger.family ? .promoted : .notPromoted,
                    review.assessment.evidence, asOf)
            }
            try await store(
                champion.family, best == nil ? .confirmed : .replaced, ["challengers": reviews.map(\.challenger.family)], asOf)
            let evidence = reviews.map(\.assessment.evidence)
            guard let best else { return MonitorSummary(champion: champion.current.id, isChanged: false, evidence: evidence) }
            let promoted = best.challenger.current
            let isChanged = try await Promotions(database).promote(
                promoted.id, asOf: asOf, reason: "better than \(champion.family) over \(best.assessment.evidence.origins) origins",
                evidence: try json(best.assessment.evidence))
            guard isChanged else { return MonitorSummary(champion: champion.current.id, isChanged: false, evidence: evidence) }
            logger.notice("Promoted", metadata: ["model": "\(promoted.id)", "before": "\(champion.current.id)"])
            return MonitorSummary(champion: promoted.id, isChanged: true, evidence: evidence)
        }
    }

    private func reviews(
        _ lineup: ModelLineup, _ asOf: Instant
    ) async throws -> [(challenger: ModelLineup.Member, assessment: PromotionRule.Assessment)] {
        var reviews: [(challenger: ModelLineup.Member, assessment: PromotionRule.Assessment)] = []
        for challenger in lineup.members(.challenger) {
            reviews.append((challenger, try await assess(challenger.family, against: lineup.champion.family, asOf)))
        }
        return reviews
    }

    private func store(
        _ family: String, _ decision: ModelEvaluation.Decision, _ evidence: some Encodable, _ asOf: Instant
    ) async throws {
        try await Evaluations(database).store(
            ModelEvaluation(.review, family: family, asOf: asOf, decision: decision, evidence: try json(evidence)))
    }

    /// Compares two model families without a decision.
    func compare(_ family: String, with other: String, asOf: Instant) async throws -> MonitorSummary {
        guard let lineup = try await lineup(asOf) else { throw Failure.noChampion(asOf) }
        for family in [family, other] where lineup[family] == nil {
            throw Failure.unknownModel(family, known: lineup.members.map(\.family))
        }
        for family in [family, other] where lineup[family]?.role == .baseline { throw Failure.baseline(family) }
        let evidence = try await assess(family, against: other, asOf).evidence
        return MonitorSummary(
            champion: lineup.champion.current.id, evidence: [evidence],
            isReviewed: lineup[family]?.role == .challenger && lineup[other]?.role == .champion)
    }

    /// Makes a model version the champion by an operator's order.
    ///
    /// - Parameter name: a version's id, or a family for its latest version.
    func promote(_ name: String, reason: String?, asOf: Instant) async throws -> MonitorSummary {
        try await promoteManually(.promoteModel, reason ?? "promoted by hand", asOf) { lineup in
            let found = try await ModelRegistry(database).find(name)
            guard let model = found.flatMap({ $0.asOf <= asOf ? $0 : nil }) ?? lineup[name]?.current else {
                throw Failure.unknownModel(name, known: lineup.members.map(\.family))
            }
            guard model.family != RandomWalk.family else { throw Failure.baseline(model.family) }
            guard model.featureVersion == FeatureSet.version else { throw Failure.otherFeatures(model) }
            return model
        }
    }

    /// Promotes the fallback by an operator's order.
    func rollback(reason: String?, asOf: Instant) async throws -> MonitorSummary {
        try await promoteManually(.rollBackModel, reason ?? "rolled back by hand", asOf) { lineup in
            guard let fallback = lineup[BlendedFHS.family] else {
                throw Failure.unknownModel(BlendedFHS.family, known: lineup.members.map(\.family))
            }
            return fallback.current
        }
    }

    /// Promotes the chosen version regardless of its scores, and stores the comparison with the champion of that instant as evidence.
    private func promoteManually(
        _ action: AuditEntry.Action, _ reason: String, _ asOf: Instant, _ choose: @Sendable (ModelLineup) async throws -> ModelVersion
    ) async throws -> MonitorSummary {
        try await database.transaction(attempts: 3) {
            try await Promotions(database).lock()
            guard let lineup = try await lineup(asOf) else { throw Failure.noChampion(asOf) }
            let model = try await choose(lineup)
            let evidence = try await assess(model.family, against: lineup.champion.family, asOf).evidence
            guard try await Promotions(database).promoteManually(model.id, asOf: asOf, reason: reason, evidence: try json(evidence)) else {
                return MonitorSummary(champion: model.id, isChanged: false, note: "it was the champion already")
            }
            try await AuditLog(database).append(
                AuditEntry(action, subject: model.id, time: asOf, details: try json(["reason": reason])))
            return MonitorSummary(champion: model.id, isChanged: true, evidence: [evidence])
        }
    }

    private func assess(_ family: String, against other: String, _ asOf: Instant) async throws -> PromotionRule.Assessment {
        let scores = try await liveScores(of: [family, other, BlendedFHS.family], asOf: asOf)
        return PromotionRule.evaluate(scores, challenger: family, champion: other, fallback: BlendedFHS.family)
    }

    private func lineup(_ asOf: Instant) async throws -> ModelLineup? {
        try await ModelRegistry(database).lineup(
            asOf: asOf, featureVersion: FeatureSet.version, fallback: BlendedFHS.family, baseline: RandomWalk.family)
    }

    /// The last year's scores; a year of sessions is at most 370 days long.
    private func liveScores(of families: Set<String>, asOf: Instant) async throws -> LiveScores {
        let from = asOf.utcDate.advanced(by: -370 - 2 * Quantiles.longestHorizon)
        return LiveScores(try await Scores(database).origins(of: families, from: from, asOf: asOf), families: families)
    }

    private func json(_ evidence: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(evidence), as: UTF8.self)
    }
}
