import AWS
import Features
import HTTP
import Market
import Objects
import Postgres
import Store
import TestSupport

@testable import TrainFunction

extension Train {
    /// When the features were recorded.
    static let testTime = Instant.utcMidnight(SessionDate(day: 12_000))

    /// Training over a database of its own and the bucket `bucket`: three instruments with 200 sessions of features.
    static func overRandomBars(_ plans: [TrainingPlan]) async throws -> Train {
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
            let answer = ProviderResponse(
                key: "\(place)", instrument: instrument.id, provider: "yahoo", kind: "chart", knownAt: testTime, fetchedAt: testTime,
                sha256: "a")
            try await features.insert(records, from: answer) { Instant.utcMidnight($0) }
        }
        let http = HTTPClient()
        let s3 = S3Client(http, environment: SeaweedTestServer.environment)
        return Train(
            database: database, artifacts: ArtifactStore(s3, bucket: "bucket"), checkpoints: CheckpointStore(s3, bucket: "bucket"),
            features: features, lambda: LambdaClient(http, environment: [:]), ownFunction: "Train", maximumEventAge: 21_600,
            plans: plans)
    }

    /// The same function on another connection, as in another invocation.
    func onItsOwnConnection() async throws -> Train {
        let name: String = try await database.query("SELECT current_database()::text")[0][0]
        return Train(
            database: try TestSupport.database(named: name), artifacts: artifacts, checkpoints: checkpoints, features: features,
            lambda: lambda, ownFunction: ownFunction, maximumEventAge: maximumEventAge, plans: plans)
    }
}
