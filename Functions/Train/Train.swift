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

/// Fits every model family on what was known at the event's time and keeps the artifacts.
///
/// A model's id is the hash of all that it is made of: a second call finds the models and changes nothing. It learns from what was recorded
/// by then, so that history that is fetched later does not change what an earlier training saw. The champion passes to a newer fit of its
/// family; another family gets in only by Monitor's evidence. Each family has an invocation of its own, and goes on from a checkpoint in the next
/// one when its deadline comes near. The last one to end makes the ensemble of the members' latest fits; when one of them died, the next
/// weekday's schedule makes it.
package struct Train: Function {
    /// Sessions that an instrument needs before it is worth training on.
    static let leastSessions = 120
    /// Invocations that one fit may take.
    static let mostParts = 15

    let database: Database
    let artifacts: ArtifactStore
    let checkpoints: CheckpointStore
    let features: FeatureStore
    let lambda: LambdaClient
    let ownFunction: String
    var plans = TrainingPlan.all

    enum Failure: Error, Sendable, CustomStringConvertible {
        case missing(String)
        case unknownFamily(String, known: [String])

        var description: String {
            switch self {
            case .missing(let name): "the environment variable \(name) is not set"
            case .unknownFamily(let family, let known): "there is no model family \"\(family)\"; there are \(known.joined(separator: ", "))"
            }
        }
    }

    package func handle(_ event: TrainEvent, _ context: Context) async throws -> TrainSummary {
        try await database.withDeadline(context.cutOff.instant) {
            var summary = TrainSummary()
            if event.overdue == true {
                try await makeOverdueEnsemble(before: event.time, &summary, context)
                return summary
            }
            if event.families == [Ensemble.family] {
                try await makeEnsemble(asOf: event.time, &summary, context)
                return summary
            }
            let wanted = try await wanted(event)
            guard let first = wanted.first else {
                summary.note = "every family has a fit that still lasts"
                return summary
            }
            guard let snapshot = try await snapshot(asOf: event.time) else {
                summary.note = "no instrument has \(Self.leastSessions) sessions of features as of \(event.time): nothing to train on"
                return summary
            }
            summary.instruments = snapshot.set.histories.count
            let round = event.round ?? wanted.map(\.family)
            var next = wanted.dropFirst().map { TrainEvent(time: event.time, families: [$0.family], round: round) }
            for event in next { try await enqueueContinuation(event, context) }
            if let rest = try await train(first, snapshot, part: event.part ?? 0, round: round, &summary, context) {
                try await enqueueContinuation(rest, context)
                next.append(rest)
            } else if try await isFinished(round, asOf: event.time) {
                try await makeEnsemble(asOf: event.time, &summary, context)
            }
            summary.continued = next.flatMap { $0.families ?? [] }
            return summary
        }
    }

    /// Everything that was recorded by an instant; nil when it is too little.
    func snapshot(asOf: Instant) async throws -> TrainingSnapshot? {
        let tables = try await features.read(nil, .recorded(asOf)).filter { $0.sessions.count >= Self.leastSessions }
        guard let cut = tables.compactMap(\.sessions.last).max() else { return nil }
        let histories = try tables.map {
            try History.assemble(id: $0.instrument, sessions: $0.sessions, features: $0.values, extras: $0.extras)
        }
        return TrainingSnapshot(
            set: TrainingSet(histories: histories, cut: cut), asOf: asOf, dataVersion: tables.dataVersion,
            from: histories.compactMap(\.sessions.first).min() ?? cut)
    }

    private func enqueueContinuation(_ event: TrainEvent, _ context: Context) async throws {
        let payload = Array(try JSONEncoder().encode(event))
        _ = try await lambda.invoke(ownFunction, payload: payload, type: .event, deadline: context.cutOff.instant)
    }

    /// The named families, or those whose last fit before the event's time no longer lasts.
    private func wanted(_ event: TrainEvent) async throws -> [TrainingPlan] {
        var wanted: [TrainingPlan] = []
        guard let families = event.families else {
            for plan in plans {
                let before = Instant(microseconds: event.time.microseconds - 1)
                let last = plan.lasts > 0 ? try await ModelRegistry(database).list(family: plan.family, asOf: before).first : nil
                let isOther = last.map { $0.config != plan.configuration } ?? true
                if isOther || last.map({ $0.asOf.adding(seconds: Int64(plan.lasts) * 86_400) <= event.time }) ?? true {
                    wanted.append(plan)
                }
            }
            return wanted
        }
        for family in families where family != Ensemble.family {
            guard let plan = plans.first(where: { $0.family == family }) else {
                throw Failure.unknownFamily(family, known: plans.map(\.family) + [Ensemble.family])
            }
            wanted.append(plan)
        }
        return wanted
    }
}

extension Train {
    package init(_ environment: [String: String]) async throws {
        func required(_ name: String) throws(Failure) -> String {
            guard let value = environment[name], !value.isEmpty else { throw .missing(name) }
            return value
        }
        let authorities = CertificateFile.find(environment)
        let http = HTTPClient(caFile: authorities)
        let password = try await DatabasePassword.find(environment, http)
        database = Database(try .fromEnvironment(environment, password: password, authorities: authorities), check: Schema.check)
        let s3 = S3Client(http, environment: environment, policy: .patient)
        artifacts = ArtifactStore(s3, bucket: try required("BUCKET"))
        checkpoints = CheckpointStore(s3, bucket: try required("BUCKET"))
        features = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
        lambda = LambdaClient(http, environment: environment)
        ownFunction = try required("AWS_LAMBDA_FUNCTION_NAME")
    }
}
