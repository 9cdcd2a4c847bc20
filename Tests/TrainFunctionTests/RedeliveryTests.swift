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

/// Events that come twice, over a real database and a real S3 server.
@Suite(.enabled(if: SeaweedServer.binary != nil, "BELLWETHER_WEED is not set"), SeaweedServer.Running(buckets: ["kept"]), .serialized)
struct RedeliveryTests {
    @Test func aFirstPartThatComesAgainGoesOnFromWhatLaterPartsReached() async throws {
        let plan = TrainingPlan(type: SlowModel.self, seed: 1)
        let database = try await freshDatabase()
        let s3 = S3Client(HTTPClient(), environment: SeaweedServer.environment)
        let train = Train(
            database: database, artifacts: ArtifactStore(s3, bucket: "kept"), checkpoints: CheckpointStore(s3, bucket: "kept"),
            features: FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count),
            lambda: LambdaClient(HTTPClient(), environment: [:]), ownFunction: "Train", plans: [plan])
        let days = (0..<200).map { SessionDate(day: 11_000 + Int32($0)) }
        let volatility = days.map { _ in 0.01 }
        let history = try History(
            id: "XNAS:1", layout: FeatureLayout(version: FeatureSet.version, names: [], sequence: []), sessions: days, features: [],
            logLevel: days.indices.map { 0.01 * Double($0 * 7 % 11) }, sigma97: volatility, blend: volatility)
        let knowledge = Train.Knowledge(
            set: TrainingSet(histories: [history], cut: days[199]), asOf: .utcMidnight(days[199]), dataVersion: "redelivered", from: days[0]
        )

        var summary = TrainSummary()
        for part in 0..<SlowModel.parts - 1 {
            #expect(try await train.train(plan, knowledge, part: part, &summary, Context())?.part == part + 1)
        }
        #expect(try await train.train(plan, knowledge, part: 0, &summary, Context()) == nil, "nothing but the last part was left to do")
        let id = try #require(summary.models.first?.id)
        let model = try #require(try await ModelRegistry(database).find(id))
        let bytes = try await train.artifacts.get(ArtifactStore.Reference(key: model.artifactKey, sha256: model.artifactSHA256))
        #expect(bytes == (try SlowModel.fit(knowledge.set).state().encoded()))
    }
}
