import Forecasting

/// How far a fit of any family came.
enum FitProgress: Sendable {
    case finished(any ForecastModel)
    case paused(checkpoint: [UInt8])
}

extension TrainingPlan {
    /// Fits until the deadline. A family that cannot pause must come to its end by then; a checkpoint of another training counts as none.
    ///
    /// - Throws: `TrainingError`.
    func fit(_ set: TrainingSet, resuming checkpoint: [UInt8]?, deadline: ContinuousClock.Instant) throws -> FitProgress {
        guard let type = type as? any ResumableModel.Type else {
            let model = try type.fit(set, seed: seed, deadline: deadline, progress: { _ in })
            guard model.metrics["stopped_by_deadline"] != 1 else { throw TrainingError.deadline }
            return .finished(model)
        }
        guard let checkpoint else { return try train(type, set, resuming: nil, deadline) }
        do { return try train(type, set, resuming: checkpoint, deadline) } catch is ArtifactError {
            return try train(type, set, resuming: nil, deadline)
        }
    }

    private func train<Family: ResumableModel>(
        _ type: Family.Type, _ set: TrainingSet, resuming checkpoint: [UInt8]?, _ deadline: ContinuousClock.Instant
    ) throws -> FitProgress {
        switch try type.train(set, seed: seed, resuming: checkpoint, deadline: deadline, progress: { _ in }) {
        case .finished(let model): .finished(model)
        case .interrupted(let checkpoint): .paused(checkpoint: checkpoint)
        }
    }
}
