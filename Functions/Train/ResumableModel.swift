import Forecasting

/// A model whose fit may stop before a deadline and go on in another process from bytes, to the same bits as in one go.
protocol ResumableModel: ForecastModel {
    /// - Parameters:
    ///   - checkpoint: what an earlier call paused with, for the same set, seed and code; nil starts anew.
    ///   - deadline: when to pause.
    /// - Throws: `TrainingFailure`.
    static func fit(
        _ set: TrainingSet, seed: UInt64, resuming checkpoint: [UInt8]?, deadline: ContinuousClock.Instant
    ) throws -> FitProgress
}

enum FitProgress: Sendable {
    case finished(any ForecastModel)
    case paused(checkpoint: [UInt8])
}

extension TrainingPlan {
    /// Fits until the deadline. A kind that cannot pause must come to its end by then.
    ///
    /// - Throws: `TrainingFailure`.
    func fit(_ set: TrainingSet, resuming checkpoint: [UInt8]?, deadline: ContinuousClock.Instant) throws -> FitProgress {
        if let type = type as? any ResumableModel.Type {
            return try type.fit(set, seed: seed, resuming: checkpoint, deadline: deadline)
        }
        let model = try type.fit(set, seed: seed, deadline: deadline, progress: { _ in })
        guard model.metrics["stopped_by_deadline"] != 1 else { throw TrainingFailure.deadline }
        return .finished(model)
    }
}
