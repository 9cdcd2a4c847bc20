import Forecasting
import LambdaRuntime
import Market
import Objects
import Postgres
import Store
import TestSupport
import Testing

@testable import TrainFunction

/// How the ensemble is made from the members' versions.
@Suite(
    .enabled(if: SeaweedTestServer.binary != nil, "BELLWETHER_WEED is not set"), SeaweedTestServer.Running(buckets: ["bucket"]),
    .serialized,
    .timeLimit(.minutes(2)))
struct EnsembleTests {
    @Test func `The ensemble names its members and is made once`() async throws {
        let plans = [TrainingPlan(type: BlendedFHS.self, seed: 1), TrainingPlan(type: HARModel.self, seed: 1)]
        let train = try await Train.overRandomBars(plans)
        var summary = TrainSummary()
        try await train.makeEnsemble(asOf: Train.testTime, &summary, Context())
        #expect(summary.models.isEmpty && summary.note?.contains("waits for blended-fhs") == true)

        let snapshot = try #require(try await train.snapshot(asOf: Train.testTime))
        let families = plans.map(\.family)
        _ = try await train.train(plans[0], snapshot, part: 0, &summary, Context())
        #expect(try await !train.isFinished(families, asOf: Train.testTime))
        _ = try await train.train(plans[1], snapshot, part: 0, &summary, Context())
        #expect(try await train.isFinished(families, asOf: Train.testTime))
        for _ in 0..<2 { try await train.makeEnsemble(asOf: Train.testTime, &summary, Context()) }
        #expect(
            summary.models.map(\.family) == families + ["ensemble", "ensemble"] && summary.models.map(\.isNew) == [true, true, true, false])

        let row = try #require(try await ModelRegistry(train.database).find(summary.models[2].id))
        let bytes = try await train.artifacts.get(ArtifactStore.Reference(key: row.artifactKey, sha256: row.artifactSHA256))
        let ensemble = try Ensemble(state: Artifact(decoding: bytes))
        #expect(ensemble.members.map(\.id) == summary.models.prefix(2).map(\.id))
        #expect(ensemble.members.allSatisfy { row.configuration.contains($0.id) })
        #expect(ensemble.weights.weights(horizonIndex: 0, present: [true, true]) == [0, 1], "the fallback has no weight of its own")
        #expect(try await Promotions(train.database).champion(asOf: Train.testTime)?.family == "blended-fhs")
    }

    @Test func `Of several invocations that make the ensemble at once one registers it`() async throws {
        let plans = [TrainingPlan(type: BlendedFHS.self, seed: 1), TrainingPlan(type: HARModel.self, seed: 1)]
        let train = try await Train.overRandomBars(plans)
        let snapshot = try #require(try await train.snapshot(asOf: Train.testTime))
        var summary = TrainSummary()
        for plan in plans { _ = try await train.train(plan, snapshot, part: 0, &summary, Context()) }
        let made = try await withThrowingTaskGroup(of: TrainSummary.self) { group in
            for _ in 0..<4 {
                let other = try await train.onItsOwnConnection()
                group.addTask {
                    var own = TrainSummary()
                    try await other.makeEnsemble(asOf: Train.testTime, &own, Context())
                    return own
                }
            }
            return try await group.reduce(into: []) { $0 += $1.models }
        }
        #expect(made.count == 4 && Set(made.map(\.id)).count == 1 && made.filter(\.isNew).count == 1)
        #expect(try await ModelRegistry(train.database).list(family: "ensemble", asOf: Train.testTime).count == 1)
    }

    @Test func `A version registered while the ensemble waits for the registry is a member of it`() async throws {
        let plans = [
            TrainingPlan(type: BlendedFHS.self, seed: 1), TrainingPlan(type: HARModel.self, seed: 1),
            TrainingPlan(type: StandIn.self, seed: 1),
        ]
        let train = try await Train.overRandomBars(plans)
        let snapshot = try #require(try await train.snapshot(asOf: Train.testTime))
        var early = TrainSummary()
        for plan in plans.prefix(2) { _ = try await train.train(plan, snapshot, part: 0, &early, Context()) }
        let (holder, other) = (try await train.onItsOwnConnection(), try await train.onItsOwnConnection())
        let waiting = try await holder.database.transaction { () async throws -> Task<TrainSummary, any Error> in
            try await ModelRegistry(holder.database).lock()
            let waiting = Task {
                var summary = TrainSummary()
                try await other.makeEnsemble(asOf: Train.testTime, &summary, Context())
                return summary
            }
            let waiters =
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
                + "(SELECT oid FROM pg_database WHERE datname = current_database())"
            while try await train.database.query(waiters)[0][0] as Int64 == 0 { try await Task.sleep(for: .milliseconds(5)) }
            var late = TrainSummary()
            _ = try await train.train(plans[2], snapshot, part: 0, &late, Context())
            return waiting
        }
        let made = try await waiting.value.models
        #expect(made.count == 1 && made[0].isNew && made[0].metrics.keys.contains("weight_linear-quantile_1"))
        #expect(try await ModelRegistry(train.database).list(family: "ensemble", asOf: Train.testTime).map(\.id) == made.map(\.id))
    }

    @Test func `An overdue ensemble is made and gives way to the complete one`() async throws {
        let plans = [
            TrainingPlan(type: BlendedFHS.self, seed: 1), TrainingPlan(type: HARModel.self, seed: 1),
            TrainingPlan(type: StandIn.self, seed: 1),
        ]
        let train = try await Train.overRandomBars(plans)
        let snapshot = try #require(try await train.snapshot(asOf: Train.testTime))
        var summary = TrainSummary()
        for plan in plans.prefix(2) { _ = try await train.train(plan, snapshot, part: 0, &summary, Context()) }
        #expect(try await !train.isFinished(plans.map(\.family), asOf: Train.testTime), "the other one died")
        let overdue = { (hours: Int64) in TrainEvent(time: Train.testTime.adding(seconds: 3600 * hours), overdue: true) }
        #expect(try await train.handle(overdue(9), Context()).models.isEmpty, "it may still be at work")
        let made = try await train.handle(overdue(10), Context()).models
        #expect(made.map(\.family) == ["ensemble"] && made.first?.isNew == true)
        let partial = try #require(try await ModelRegistry(train.database).find(made[0].id))
        #expect(partial.asOf == Train.testTime)
        #expect(try await train.handle(overdue(10), Context()).note == "no ensemble is overdue")
        try await Promotions(train.database).promoteManually(partial.id, asOf: Train.testTime, reason: "we want it")

        _ = try await train.train(plans[2], snapshot, part: 0, &summary, Context())
        try await train.makeEnsemble(asOf: Train.testTime, &summary, Context())
        let complete = try #require(summary.models.last)
        #expect(complete.isNew && complete.id != partial.id && complete.metrics.keys.contains("weight_linear-quantile_1"))
        #expect(
            try await ModelRegistry(train.database).list(family: "ensemble", asOf: Train.testTime).map(\.id) == [complete.id, partial.id])
        #expect(try await Promotions(train.database).champion(asOf: Train.testTime)?.id == complete.id)
        try await train.promoteNewVersion(of: "ensemble", partial.id, Train.testTime)
        #expect(
            try await Promotions(train.database).champion(asOf: Train.testTime)?.id == complete.id, "an older version is not promoted again"
        )
    }

    @Test func `Weights are learned from the losses in order`() {
        let monday = SessionDate(year: 2016, month: 1, day: 4)
        var expected = PastLossWeights(priors: [0, 1, 1], fallback: 0)
        var rows: [MemberLoss] = []
        for week in 0..<30 {
            let session = monday.advanced(by: 7 * week)
            let losses = [1, week < 3 ? nil : 1.01, 0.98]
            expected.learn(session, losses, horizonIndex: 1)
            rows += zip(["blended-fhs", "har", "lstm"], losses).compactMap { family, loss in
                loss.map { MemberLoss(session: session, horizon: 5, family: family, loss: $0) }
            }
        }
        #expect(Train.weights(rows, ["blended-fhs", "har", "lstm"], priors: [0, 1, 1], fallback: 0) == expected.current)
        #expect(expected.current.scores[1][1] == 0 && expected.current.scores[2][1] > 1)
    }
}
