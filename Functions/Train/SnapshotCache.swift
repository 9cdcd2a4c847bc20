import Market
import Store

/// The features of the last training of this process, for the trainings of the other families as of the same time.
actor SnapshotCache {
    private var last: (asOf: Instant, version: FeatureStore.TableVersion, snapshot: Train.TrainingSnapshot?)?

    /// The snapshot as of an instant; it is read if it is not the last one, or if the feature table has changed since.
    func snapshot(
        asOf: Instant, of features: FeatureStore, read: @Sendable () async throws -> Train.TrainingSnapshot?
    ) async throws -> Train.TrainingSnapshot? {
        let version = try await features.tableVersion()
        if let last, last.asOf == asOf, last.version == version, version != nil { return last.snapshot }
        // The old snapshot's memory is free before the new one is read.
        last = nil
        let snapshot = try await read()
        if let version { last = (asOf, version, snapshot) }
        return snapshot
    }
}
