import AWS
import Backtest
import Features
import Forecasting
import FoundationEssentials
import HTTP
package import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Store

/// Fits every kind of model on what was known at the event's time, keeps the artifacts, and fills the slots.
///
/// A model's id is the hash of all that it is made of: a second call finds the models and changes nothing. It learns from what was recorded
/// by then, so that history that is fetched later does not change what an earlier training saw. A slot passes to a newer fit of
/// the kind that holds it; another kind gets in only by a promotion.
package struct Train: Function {
    package struct Event: Decodable, Sendable { let time: Instant }

    package struct Output: Encodable, Sendable {
        struct Trained: Encodable, Sendable {
            let id: String
            let kind: String
            let slot: String
            /// False when the model was there already.
            let isNew: Bool
            let metrics: [String: Double]
        }

        var models: [Trained] = []
        var instruments = 0
        var note: String?
    }

    /// Sessions that an instrument needs before it is worth training on.
    static let leastSessions = 120

    let database: Database
    let artifacts: ArtifactStore
    let features: FeatureStore

    enum Failure: Error, Sendable, CustomStringConvertible {
        case missing(String)
        case outOfTime(String)

        var description: String {
            switch self {
            case .missing(let name): "the environment variable \(name) is not set"
            case .outOfTime(let kind):
                "\(kind) was not trained to its end before the deadline: give Train more memory, which is more processor"
            }
        }
    }

    package init(_ environment: [String: String]) async throws {
        guard let bucket = environment["BUCKET"], !bucket.isEmpty else { throw Failure.missing("BUCKET") }
        let authorities = CertificateFile.find(environment)
        let http = HTTPClient(caFile: authorities)
        let password = try await DatabasePassword.find(environment, http)
        database = Database(try .fromEnvironment(environment, password: password, authorities: authorities), check: Schema.check)
        artifacts = ArtifactStore(S3Client(http, environment: environment, policy: .patient), bucket: bucket)
        features = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
    }

    package func handle(_ event: Event, _ context: Context) async throws -> Output {
        try await database.withDeadline(context.cutOff.instant) {
            var output = Output()
            let tables = try await features.read(nil, .recorded(event.time)).filter { $0.sessions.count >= Self.leastSessions }
            guard let cut = tables.compactMap(\.sessions.last).max() else {
                output.note = "no instrument has \(Self.leastSessions) sessions of features as of \(event.time): nothing to train on"
                return output
            }
            output.instruments = tables.count
            let histories = try tables.map {
                try History.assemble(id: $0.instrument, sessions: $0.sessions, features: $0.values, extras: $0.extras)
            }
            let knowledge = Knowledge(
                set: TrainingSet(histories: histories, cut: cut), asOf: event.time, dataVersion: tables.dataVersion,
                from: histories.compactMap(\.sessions.first).min() ?? cut)
            for plan in TrainingPlan.all { output.models.append(try await train(plan, knowledge, context)) }
            return output
        }
    }

    /// What one training may know.
    private struct Knowledge: Sendable {
        let set: TrainingSet
        let asOf: Instant
        let dataVersion: String
        let from: SessionDate
    }

    private func train(_ plan: TrainingPlan, _ knowledge: Knowledge, _ context: Context) async throws -> Output.Trained {
        let code = try CodeVersion.current()
        let id = plan.id(asOf: knowledge.asOf, dataVersion: knowledge.dataVersion, codeVersion: code)
        let registry = ModelRegistry(database)
        var metrics: [String: Double] = [:]
        let isNew = try await registry.find(id) == nil
        if isNew {
            let start = ContinuousClock.now
            let model = try plan.type.fit(
                knowledge.set, seed: plan.seed, deadline: context.cutOff.instant - .seconds(20), progress: { _ in })
            metrics = model.metrics.filter { $0.value.isFinite }
            guard metrics["stopped_by_deadline"] != 1 else { throw Failure.outOfTime(plan.type.kind) }
            let reference = try await artifacts.put(model: id, model.state().encoded(), deadline: context.cutOff.instant)
            try await registry.register(
                Model(
                    id: id, kind: plan.type.kind, asOf: knowledge.asOf, featureVersion: FeatureSet.version, config: plan.configuration,
                    dataVersion: knowledge.dataVersion, codeVersion: code, seed: Int64(plan.seed), windowFrom: knowledge.from,
                    windowTo: knowledge.set.cut, metrics: String(decoding: try JSONEncoder().encode(metrics), as: UTF8.self),
                    artifactKey: reference.key, artifactSHA256: reference.sha256))
            context.logger.info("Trained", metadata: ["model": "\(id)", "took": "\(ContinuousClock.now - start)"])
        }
        try await fill(plan, with: id, knowledge.asOf)
        return Output.Trained(id: id, kind: plan.type.kind, slot: plan.slot.rawValue, isNew: isNew, metrics: metrics)
    }

    /// Puts the model in its slot when the slot is empty or held by an older fit of the same kind.
    private func fill(_ plan: TrainingPlan, with id: String, _ asOf: Instant) async throws {
        let promotions = Promotions(database)
        let holder = try await promotions.holder(of: plan.slot, asOf: asOf)
        guard holder == nil || holder?.kind == plan.type.kind else { return }
        try await promotions.promote(
            id, to: plan.slot, asOf: asOf, reason: holder == nil ? "first of its slot" : "newer fit of the same kind")
    }
}
