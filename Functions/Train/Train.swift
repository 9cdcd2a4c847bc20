import AWS
import Backtest
import Clients
import Features
import Forecasting
import Formats
import FoundationEssentials
package import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Store

/// Trains every model family on the features recorded by the event's time and registers the model versions.
///
/// A version's id is a hash of everything that determines the model, so a repeated event finds the versions and changes nothing. Features
/// recorded later do not change the data of an earlier training. A newer version of the champion's family is promoted at once; other
/// families are promoted only by Monitor. Each family has its own invocation; near the deadline it stores a checkpoint, from which the next
/// invocation continues. The invocation that ends last makes the ensemble of the members' latest versions; if an invocation died, the next
/// weekday's schedule makes the ensemble.
package struct Train: Function {
    /// The least number of sessions with features of an instrument in a training.
    static let leastSessions = 120
    /// The largest number of invocations of one family's training.
    static let mostParts = 15
    /// The seconds after which Lambda ends any invocation.
    static let longestInvocation: Int64 = 900

    let database: Database
    let artifacts: ArtifactStore
    let checkpoints: CheckpointStore
    let features: FeatureStore
    let lambda: LambdaClient
    let ownFunction: String
    /// The seconds that a queued event for this function waits at most, the template's `MaximumEventAgeInSeconds`.
    let maximumEventAge: Int64
    var plans = TrainingPlan.all
    let snapshots = SnapshotCache()

    /// The seconds after which no invocation of a training is expected any more: a family's first event waits at most for its maximum age, and
    /// all invocations of the family then take their whole time.
    var longestTraining: Int64 { maximumEventAge + Int64(Self.mostParts) * Self.longestInvocation }

    enum Failure: Error, Sendable, CustomStringConvertible {
        case unknownFamily(String, known: [String])
        case invalidEventAge(String)

        var description: String {
            switch self {
            case .unknownFamily(let family, let known):
                "there is no model family \"\(family)\"; the families are \(known.joined(separator: ", "))"
            case .invalidEventAge(let text): "MAXIMUM_EVENT_AGE is \(text), not a number of seconds from 60 to 21600"
            }
        }
    }

    package func handle(_ event: TrainEvent, _ context: Context) async throws -> TrainSummary {
        try EventTime.check(event.time, now: Instant(microseconds: WallClock.microseconds()))
        return try await database.withDeadline(context.cutOff.instant) {
            var summary = TrainSummary()
            if event.overdue == true {
                try await makeOverdueEnsemble(before: event.time, &summary, context)
                return summary
            }
            if event.families == [Ensemble.family] {
                try await makeEnsemble(asOf: event.time, &summary, context)
                return summary
            }
            let due = try await duePlans(event)
            guard let first = due.first else {
                summary.note = "every family has a valid version"
                return summary
            }
            guard let snapshot = try await snapshot(asOf: event.time) else {
                summary.note = "no instrument has \(Self.leastSessions) sessions of features as of \(event.time): nothing to train on"
                return summary
            }
            summary.instruments = snapshot.set.histories.count
            let batch = event.batch ?? due.map(\.family)
            var continuations = due.dropFirst().map { TrainEvent(time: event.time, families: [$0.family], batch: batch) }
            for event in continuations { try await enqueueContinuation(event, context) }
            if let remaining = try await train(first, snapshot, part: event.part ?? 0, batch: batch, &summary, context) {
                try await enqueueContinuation(remaining, context)
                continuations.append(remaining)
            } else if try await isFinished(batch, asOf: event.time) {
                try await makeEnsemble(asOf: event.time, &summary, context)
            }
            summary.continued = continuations.flatMap { $0.families ?? [] }
            return summary
        }
    }

    /// The features that one training reads.
    struct TrainingSnapshot: Sendable {
        let set: TrainingSet
        let asOf: Instant
        let dataVersion: String
        /// The first session.
        let from: SessionDate
    }

    /// All features recorded by an instant; nil if no instrument has enough sessions. The trainings of this process read them once.
    func snapshot(asOf: Instant) async throws -> TrainingSnapshot? {
        try await snapshots.snapshot(asOf: asOf, of: features) { try await read(asOf: asOf) }
    }

    private func read(asOf: Instant) async throws -> TrainingSnapshot? {
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
        try await lambda.enqueue(event, to: ownFunction, deadline: context.cutOff.instant)
    }

    /// The plans of the event's families, or of the families without a valid version before the event's time.
    private func duePlans(_ event: TrainEvent) async throws -> [TrainingPlan] {
        var due: [TrainingPlan] = []
        guard let families = event.families else {
            for plan in plans {
                let before = Instant(microseconds: event.time.microseconds - 1)
                let last = plan.validDays > 0 ? try await ModelRegistry(database).list(family: plan.family, asOf: before).first : nil
                let isOther = last.map { $0.configuration != plan.configuration } ?? true
                if isOther || last.map({ $0.asOf.adding(seconds: Int64(plan.validDays) * 86_400) <= event.time }) ?? true {
                    due.append(plan)
                }
            }
            return due
        }
        for family in families where family != Ensemble.family {
            guard let plan = plans.first(where: { $0.family == family }) else {
                throw Failure.unknownFamily(family, known: plans.map(\.family) + [Ensemble.family])
            }
            due.append(plan)
        }
        return due
    }
}

extension Train {
    package init(_ environment: [String: String]) async throws {
        let clients = try await FunctionClients(environment)
        database = clients.database
        artifacts = ArtifactStore(clients.s3, bucket: try environment.required("BUCKET"))
        checkpoints = CheckpointStore(clients.s3, bucket: try environment.required("BUCKET"))
        features = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
        lambda = clients.lambda
        ownFunction = try environment.required("AWS_LAMBDA_FUNCTION_NAME")
        let age = try environment.required("MAXIMUM_EVENT_AGE")
        guard let seconds = Int64(age), (60...21_600).contains(seconds) else { throw Failure.invalidEventAge(age) }
        maximumEventAge = seconds
    }
}
