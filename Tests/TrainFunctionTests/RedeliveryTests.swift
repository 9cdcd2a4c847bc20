import Forecasting
import LambdaRuntime
import Objects
import Store
import TestSupport
import Testing

@testable import TrainFunction

/// Events that are delivered twice, over a real database and a real S3 server.
@Suite(
    .enabled(if: SeaweedTestServer.binary != nil, "BELLWETHER_WEED is not set"), SeaweedTestServer.Running(buckets: ["bucket"]), .serialized
)
struct RedeliveryTests {
    @Test func `A first part delivered again continues from the latest checkpoint`() async throws {
        let plan = TrainingPlan(type: SlowModel.self, seed: 1)
        let train = try await Train.overRandomBars([plan])
        let snapshot = try #require(try await train.snapshot(asOf: Train.testTime))
        var summary = TrainSummary()
        for part in 0..<SlowModel.parts - 1 {
            #expect(try await train.train(plan, snapshot, part: part, &summary, Context())?.part == part + 1)
        }
        #expect(try await train.train(plan, snapshot, part: 0, &summary, Context()) == nil, "only the last part remained")
        let id = try #require(summary.models.first?.id)
        let model = try #require(try await ModelRegistry(train.database).find(id))
        let bytes = try await train.artifacts.get(ArtifactStore.Reference(key: model.artifactKey, sha256: model.artifactSHA256))
        #expect(bytes == (try SlowModel.fit(snapshot.set).state().encoded()))
    }
}
