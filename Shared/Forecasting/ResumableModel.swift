/// A model whose training can stop between two batches and continue in another process, with a bit-identical result.
package protocol ResumableModel: ForecastModel {
    /// Trains like `fit`, but a deadline interrupts the training.
    ///
    /// - Parameters:
    ///   - resuming: the checkpoint of an interrupted training of the same set and seed; nil starts anew.
    /// - Throws: `TrainingError`; `ArtifactError` when the checkpoint is damaged or belongs to another training.
    static func train(
        _ set: TrainingSet, seed: UInt64, resuming: [UInt8]?, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> TrainingResult<Self>
}

/// The result of a resumable training.
package enum TrainingResult<Model: ForecastModel>: Sendable {
    case finished(Model)
    /// Training was interrupted by its deadline and can continue from the checkpoint.
    case interrupted(checkpoint: [UInt8])
}
