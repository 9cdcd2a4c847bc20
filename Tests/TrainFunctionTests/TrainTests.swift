import Forecasting
import LambdaRuntime
import Market
import Objects
import Postgres
import Store
import TestSupport
import Testing

@testable import TrainFunction

/// Training over a real database and a real S3 server.
@Suite(
    .enabled(if: SeaweedTestServer.binary != nil, "BELLWETHER_WEED is not set"), SeaweedTestServer.Running(buckets: ["bucket"]), .serialized
)
struct TrainTests {
    @Test func `A training continues from its checkpoint to the same model`() async throws {
        let plan = TrainingPlan(type: SlowModel.self, seed: 1)
        let train = try await Train.overRandomBars([plan])
        let snapshot = try #require(try await train.snapshot(asOf: Train.testTime))
        var summary = TrainSummary()
        var event = TrainEvent(time: Train.testTime)
        for part in 1..<SlowModel.parts {
            event = try #require(await train.train(plan, snapshot, part: event.part ?? 0, &summary, Context()))
            #expect(event.part == part && event.families == ["slow"] && event.time == Train.testTime)
        }
        #expect(summary.models.isEmpty)
        #expect(try await train.train(plan, snapshot, part: event.part ?? 0, &summary, Context()) == nil)
        let id = try #require(summary.models.first?.id)
        let model = try #require(try await ModelRegistry(train.database).find(id))
        let bytes = try await train.artifacts.get(ArtifactStore.Reference(key: model.artifactKey, sha256: model.artifactSHA256))
        #expect(bytes == (try SlowModel.fit(snapshot.set).state().encoded()))
        #expect(try await train.train(plan, snapshot, part: 0, &summary, Context()) == nil)
        #expect(summary.models.map(\.isNew) == [true, false])
    }

    @Test func `The trainings of all families read the features once`() async throws {
        let train = try await Train.overRandomBars([])
        func statements() async throws -> Int {
            let log = StatementLog()
            let snapshot = try await log.recording { try await train.snapshot(asOf: Train.testTime) }
            #expect(snapshot?.set.histories.count == 3)
            return log.statements.filter { $0.contains("FROM features") }.count
        }
        #expect(try await statements() == 1)
        #expect(try await statements() == 0)
        let instrument = Instrument(id: "XNAS:4", symbol: "S4", exchange: "XNAS", currency: "USD", name: "")
        try await Instruments(train.database).register([instrument])
        let later = ProviderResponse(
            key: "later", instrument: instrument.id, provider: "yahoo", kind: "chart", knownAt: Train.testTime, fetchedAt: Train.testTime,
            sha256: "b")
        let row = FeatureRecord(
            session: SessionDate(day: 11_000), values: [Float](repeating: 1, count: 28), logReturn: 0, extras: [])
        try await train.features.insert([row], from: later) { Instant.utcMidnight($0) }
        #expect(try await statements() == 1)
    }

    @Test func `A checkpoint of another training is ignored`() async throws {
        let set = try #require(try await Train.overRandomBars([]).snapshot(asOf: Train.testTime)).set
        let progress = try TrainingPlan(type: SlowModel.self, seed: 1).train(set, resuming: [1, 2], deadline: .now + .seconds(60))
        guard case .paused(let checkpoint) = progress else { throw TrainingError.deadline }
        #expect(checkpoint == [7])
    }

    @Test func `A training without progress fails and is stored`() async throws {
        let plan = TrainingPlan(type: StuckModel.self, seed: 1)
        let train = try await Train.overRandomBars([plan])
        let snapshot = try #require(try await train.snapshot(asOf: Train.testTime))
        var summary = TrainSummary()
        let next = try #require(await train.train(plan, snapshot, part: 0, &summary, Context()))
        #expect(next.part == 1)
        #expect(try await train.train(plan, snapshot, part: 1, &summary, Context()) == nil)
        #expect(summary.failed.keys.sorted() == ["stuck"])
    }

    @Test func `A diverged training is stored and the champion stays`() async throws {
        let plans = [TrainingPlan(type: BlendedFHS.self, seed: 1)]
        let train = try await Train.overRandomBars(plans)
        let first = try await train.handle(TrainEvent(time: Train.testTime), Context())
        let champion = try await Promotions(train.database).champion(asOf: Train.testTime)
        #expect(champion?.id == first.models.first?.id && champion != nil)

        var diverging = train
        diverging.plans = [TrainingPlan(type: DivergingModel.self, seed: 1)]
        let later = Train.testTime.adding(seconds: 60)
        let summary = try await diverging.handle(TrainEvent(time: later), Context())
        #expect(summary.failed["blended-fhs"]?.contains("after 1 restart") == true && summary.models.isEmpty)
        #expect(try await Promotions(train.database).champion(asOf: later) == champion)
        let failure = try #require(try await Evaluations(train.database).list(asOf: later).first)
        #expect(failure.subject == .training && failure.decision == .failed && failure.evidence.contains("after 1 restart"))
    }

    @Test func `A training of all families skips one with a valid version`() async throws {
        let plan = TrainingPlan(type: BlendedFHS.self, seed: 1, validDays: 75)
        let train = try await Train.overRandomBars([plan])
        #expect(try await train.handle(TrainEvent(time: Train.testTime), Context()).models.first?.isNew == true)
        #expect(try await train.handle(TrainEvent(time: Train.testTime), Context()).models.first?.isNew == false)
        let later = Train.testTime.adding(seconds: 74 * 86_400)
        #expect(try await train.handle(TrainEvent(time: later), Context()).models.isEmpty)
        #expect(try await train.handle(TrainEvent(time: later, families: ["blended-fhs"]), Context()).models.first?.isNew == true)
    }

    @Test func `An unknown family is rejected by name`() async throws {
        let train = try await Train.overRandomBars(TrainingPlan.all)
        await #expect(throws: Train.Failure.self) {
            try await train.handle(TrainEvent(time: Train.testTime, families: ["oracle"]), Context())
        }
        let early = try await train.handle(TrainEvent(time: Train.testTime.adding(seconds: -1)), Context())
        #expect(early.note?.contains("nothing to train on") == true)
    }
}
