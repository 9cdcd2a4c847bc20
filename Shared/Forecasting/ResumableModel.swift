/// A model whose training can stop between two batches and go on later, in another process, to the same bits.
package protocol ResumableModel: ForecastModel {
    /// Trains like `fit`, but a deadline interrupts it.
    ///
    /// - Parameters:
    ///   - resuming: what an interrupted call with the same set and seed answered; nil starts anew.
    /// - Throws: `TrainingError`; `ArtifactError` when the checkpoint is damaged or of another training.
    static func train(
        _ set: TrainingSet, seed: UInt64, resuming: [UInt8]?, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> TrainingResult<Self>
}

/// How far a training came.
package enum TrainingResult<Model: ForecastModel>: Sendable {
    case finished(Model)
    /// Interrupted by its deadline: the bytes to go on from.
    case interrupted(checkpoint: [UInt8])
}
