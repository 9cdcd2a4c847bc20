import AWS
import Features
import Forecasting
import HTTP
import LambdaRuntime
import Market
import Objects
import Postgres
import Store
import TestSupport
import Testing

@testable import TrainFunction

/// Training over a real database and a real S3 server.
@Suite(.enabled(if: SeaweedServer.binary != nil, "BELLWETHER_WEED is not set"), SeaweedServer.Running(buckets: ["kept"]), .serialized)
struct TrainTests {
    static let time = Instant.utcMidnight(SessionDate(day: 12_000))

    /// Three instruments with 200 sessions of features.
    private func train(_ plans: [TrainingPlan]) async throws -> Train {
        let database = try await freshDatabase()
        let features = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
        for place in 1...3 {
            let instrument = Instrument(id: "XNAS:\(place)", symbol: "S\(place)", exchange: "XNAS", currency: "USD", name: "")
            try await Instruments(database).register([instrument])
            var (bars, engine) = (RandomBars(seed: UInt64(place)), FeatureEngine())
            let records = bars.make(200).map { observation in
                let row = engine.append(observation)
                return FeatureRecord(session: row.session, values: row.values, logReturn: row.logReturn, extras: row.extras)
            }
            let answer = Answer(
                key: "\(place)", instrument: instrument.id, provider: "yahoo", kind: "chart", knownAt: Self.time, fetchedAt: Self.time,
                sha256: "a")
            try await features.insert(records, from: answer) { Instant.utcMidnight($0) }
        }
        let http = HTTPClient()
        let s3 = S3Client(http, environment: SeaweedServer.environment)
        return Train(
            database: database, artifacts: ArtifactStore(s3, bucket: "kept"), checkpoints: CheckpointStore(s3, bucket: "kept"),
            features: features, lambda: LambdaClient(http, environment: [:]), ownFunction: "Train", plans: plans)
    }

    @Test func aFitGoesOnFromItsCheckpointToTheSameModel() async throws {
        let plan = TrainingPlan(type: SlowModel.self, seed: 1)
        let train = try await train([plan])
        let knowledge = try #require(try await train.knowledge(asOf: Self.time))
        var summary = TrainSummary()
        var event = TrainEvent(time: Self.time)
        for part in 1..<SlowModel.parts {
            event = try #require(await train.train(plan, knowledge, part: event.part ?? 0, &summary, Context()))
            #expect(event.part == part && event.kinds == ["slow"] && event.time == Self.time)
        }
        #expect(summary.models.isEmpty)
        #expect(try await train.train(plan, knowledge, part: event.part ?? 0, &summary, Context()) == nil)
        let id = try #require(summary.models.first?.id)
        let model = try #require(try await ModelRegistry(train.database).find(id))
        let bytes = try await train.artifacts.get(ArtifactStore.Reference(key: model.artifactKey, sha256: model.artifactSHA256))
        #expect(bytes == (try SlowModel.fit(knowledge.set).state().encoded()))
        #expect(try await train.train(plan, knowledge, part: 0, &summary, Context()) == nil)
        #expect(summary.models.map(\.isNew) == [true, false])
    }

    @Test func aCheckpointOfAnotherTrainingCountsAsNone() async throws {
        let set = try #require(try await train([]).knowledge(asOf: Self.time)).set
        let progress = try TrainingPlan(type: SlowModel.self, seed: 1).fit(set, resuming: [1, 2], deadline: .now + .seconds(60))
        guard case .paused(let checkpoint) = progress else { throw TrainingFailure.deadline }
        #expect(checkpoint == [7])
    }

    @Test func aFitThatDoesNotComeForwardFailsAndIsRecorded() async throws {
        let plan = TrainingPlan(type: StuckModel.self, seed: 1)
        let train = try await train([plan])
        let knowledge = try #require(try await train.knowledge(asOf: Self.time))
        var summary = TrainSummary()
        let next = try #require(await train.train(plan, knowledge, part: 0, &summary, Context()))
        #expect(next.part == 1)
        #expect(try await train.train(plan, knowledge, part: 1, &summary, Context()) == nil)
        #expect(summary.failed.keys.sorted() == ["stuck"])
    }

    @Test func aDivergedFitIsRecordedAndTheChampionStays() async throws {
        let plans = [TrainingPlan(type: BlendedFHS.self, seed: 1)]
        let train = try await train(plans)
        let first = try await train.handle(TrainEvent(time: Self.time), Context())
        let champion = try await Promotions(train.database).champion(asOf: Self.time)
        #expect(champion?.id == first.models.first?.id && champion != nil)

        var diverging = train
        diverging.plans = [TrainingPlan(type: DivergingModel.self, seed: 1)]
        let later = Self.time.adding(seconds: 60)
        let summary = try await diverging.handle(TrainEvent(time: later), Context())
        #expect(summary.failed["blended-fhs"]?.contains("diverged twice") == true && summary.models.isEmpty)
        #expect(try await Promotions(train.database).champion(asOf: later) == champion)
        let look = try #require(try await Evaluations(train.database).list(asOf: later).first)
        #expect(look.subject == .training && look.verdict == "failed" && look.evidence.contains("diverged twice"))
    }

    @Test func theEnsembleNamesItsMembersAndIsMadeOnce() async throws {
        let plans = [TrainingPlan(type: BlendedFHS.self, seed: 1), TrainingPlan(type: HARModel.self, seed: 1)]
        let train = try await train(plans)
        var summary = TrainSummary()
        try await train.combine(asOf: Self.time, &summary, Context())
        #expect(summary.models.isEmpty && summary.note?.contains("waits for blended-fhs") == true)

        let knowledge = try #require(try await train.knowledge(asOf: Self.time))
        let kinds = plans.map(\.kind)
        _ = try await train.train(plans[0], knowledge, part: 0, &summary, Context())
        #expect(try await !train.isSettled(kinds, asOf: Self.time))
        _ = try await train.train(plans[1], knowledge, part: 0, &summary, Context())
        #expect(try await train.isSettled(kinds, asOf: Self.time))
        for _ in 0..<2 { try await train.combine(asOf: Self.time, &summary, Context()) }
        #expect(
            summary.models.map(\.kind) == kinds + ["ensemble", "ensemble"] && summary.models.map(\.isNew) == [true, true, true, false])

        let row = try #require(try await ModelRegistry(train.database).find(summary.models[2].id))
        let bytes = try await train.artifacts.get(ArtifactStore.Reference(key: row.artifactKey, sha256: row.artifactSHA256))
        let ensemble = try Ensemble(state: Artifact(decoding: bytes))
        #expect(ensemble.members.map(\.id) == summary.models.prefix(2).map(\.id))
        #expect(ensemble.members.allSatisfy { row.config.contains($0.id) })
        #expect(ensemble.weights.weights(horizonIndex: 0, present: [true, true]) == [0, 1], "the floor has no weight of its own")
        #expect(try await Promotions(train.database).champion(asOf: Self.time)?.kind == "blended-fhs")
    }

    @Test func ofTwoThatMakeTheEnsembleAtOnceOneDoes() async throws {
        let plans = [TrainingPlan(type: BlendedFHS.self, seed: 1), TrainingPlan(type: HARModel.self, seed: 1)]
        let train = try await train(plans)
        let knowledge = try #require(try await train.knowledge(asOf: Self.time))
        var summary = TrainSummary()
        for plan in plans { _ = try await train.train(plan, knowledge, part: 0, &summary, Context()) }
        let name: String = try await train.database.query("SELECT current_database()::text")[0][0]
        let made = try await withThrowingTaskGroup(of: TrainSummary.self) { group in
            for _ in 0..<4 {
                let settings = try DatabaseSettings(PostgresCluster.shared.url(name), password: PostgresCluster.shared.password)
                let other = Train(
                    database: Database(settings), artifacts: train.artifacts, checkpoints: train.checkpoints, features: train.features,
                    lambda: train.lambda, ownFunction: "Train", plans: plans)
                group.addTask {
                    var own = TrainSummary()
                    try await other.combine(asOf: Self.time, &own, Context())
                    return own
                }
            }
            return try await group.reduce(into: []) { $0 += $1.models }
        }
        #expect(made.count == 4 && Set(made.map(\.id)).count == 1 && made.filter(\.isNew).count == 1)
        #expect(try await ModelRegistry(train.database).list(kind: "ensemble", asOf: Self.time).count == 1)
    }

    @Test func anEnsembleThatADeadInvocationLeftUnmadeIsMadeUpAndGivesWayToTheWholeOne() async throws {
        let plans = [
            TrainingPlan(type: BlendedFHS.self, seed: 1), TrainingPlan(type: HARModel.self, seed: 1),
            TrainingPlan(type: StandIn.self, seed: 1),
        ]
        let train = try await train(plans)
        let knowledge = try #require(try await train.knowledge(asOf: Self.time))
        var summary = TrainSummary()
        for plan in plans.prefix(2) { _ = try await train.train(plan, knowledge, part: 0, &summary, Context()) }
        #expect(try await !train.isSettled(plans.map(\.kind), asOf: Self.time), "the other died without a word")
        let overdue = { (hours: Int64) in TrainEvent(time: Self.time.adding(seconds: 3600 * hours), overdue: true) }
        #expect(try await train.handle(overdue(21), Context()).models.isEmpty, "it may still be under way")
        let made = try await train.handle(overdue(23), Context()).models
        #expect(made.map(\.kind) == ["ensemble"] && made.first?.isNew == true)
        let partial = try #require(try await ModelRegistry(train.database).find(made[0].id))
        #expect(partial.asOf == Self.time)
        #expect(try await train.handle(overdue(23), Context()).note == "no ensemble is overdue")
        try await Promotions(train.database).order(partial.id, asOf: Self.time, reason: "we want it")

        _ = try await train.train(plans[2], knowledge, part: 0, &summary, Context())
        try await train.combine(asOf: Self.time, &summary, Context())
        let whole = try #require(summary.models.last)
        #expect(whole.isNew && whole.id != partial.id && whole.metrics.keys.contains("weight_linear-quantile_1"))
        #expect(try await ModelRegistry(train.database).list(kind: "ensemble", asOf: Self.time).map(\.id) == [whole.id, partial.id])
        #expect(try await Promotions(train.database).champion(asOf: Self.time)?.id == whole.id)
        try await train.follow("ensemble", with: partial.id, Self.time)
        #expect(try await Promotions(train.database).champion(asOf: Self.time)?.id == whole.id, "an older fit does not come back")
    }

    @Test func weightsAreLearnedFromWhatWasLostInOrder() {
        let monday = SessionDate(year: 2016, month: 1, day: 4)
        var expected = PastLossWeights(priors: [0, 1, 1], floor: 0)
        var rows: [MemberLoss] = []
        for week in 0..<30 {
            let session = monday.advanced(by: 7 * week)
            let losses = [1, week < 3 ? nil : 1.01, 0.98]
            expected.learn(session, losses, horizonIndex: 1)
            rows += zip(["blended-fhs", "har", "lstm"], losses).compactMap { kind, loss in
                loss.map { MemberLoss(session: session, horizon: 5, kind: kind, loss: $0) }
            }
        }
        #expect(Train.weights(rows, ["blended-fhs", "har", "lstm"], priors: [0, 1, 1], floor: 0) == expected.current)
        #expect(expected.current.scores[1][1] == 0 && expected.current.scores[2][1] > 1)
    }

    @Test func aTrainingOfAllKindsPassesOverOneWhoseFitStillLasts() async throws {
        let plan = TrainingPlan(type: BlendedFHS.self, seed: 1, lasts: 75)
        let train = try await train([plan])
        #expect(try await train.handle(TrainEvent(time: Self.time), Context()).models.first?.isNew == true)
        #expect(try await train.handle(TrainEvent(time: Self.time), Context()).models.first?.isNew == false)
        let later = Self.time.adding(seconds: 74 * 86_400)
        #expect(try await train.handle(TrainEvent(time: later), Context()).models.isEmpty)
        #expect(try await train.handle(TrainEvent(time: later, kinds: ["blended-fhs"]), Context()).models.first?.isNew == true)
    }

    @Test func anUnknownKindIsRefusedByName() async throws {
        let train = try await train(TrainingPlan.all)
        await #expect(throws: Train.Failure.self) { try await train.handle(TrainEvent(time: Self.time, kinds: ["oracle"]), Context()) }
        let early = try await train.handle(TrainEvent(time: Self.time.adding(seconds: -1)), Context())
        #expect(early.note?.contains("nothing to train on") == true)
    }
}
