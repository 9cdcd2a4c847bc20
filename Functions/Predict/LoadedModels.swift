import Forecasting
import Objects
import Store

/// Models that this environment has loaded. One that was loaded stays; ids are made of content.
actor LoadedModels {
    /// Artifacts kept in memory; the least recently loaded one goes first.
    private static let capacity = 8

    private let artifacts: ArtifactStore
    private var loaded: [(id: String, model: any ForecastModel)] = []

    init(_ artifacts: ArtifactStore) { self.artifacts = artifacts }

    /// - Throws: `AWSError` (corrupted bytes included), `ArtifactFailure`.
    func model(_ row: Model, deadline: ContinuousClock.Instant) async throws -> any ForecastModel {
        if let known = loaded.first(where: { $0.id == row.id }) { return known.model }
        let reference = ArtifactStore.Reference(key: row.artifactKey, sha256: row.artifactSHA256)
        let bytes = try await artifacts.get(reference, deadline: deadline)
        let model = try loadModel(Artifact(decoding: bytes))
        if loaded.count >= Self.capacity { loaded.removeFirst() }
        loaded.append((row.id, model))
        return model
    }
}
