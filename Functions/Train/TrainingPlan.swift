import AWS
import Features
import Forecasting
import Market

/// The plan for training one model family: configuration, validity and revision.
struct TrainingPlan: Sendable {
    let type: any ForecastModel.Type
    let seed: UInt64
    /// The number of days for which a version stays valid; until then a training of all families leaves the family out.
    var validDays = 0
    /// The number of the family's structure and training procedure; a version of an earlier revision is not valid.
    var revision = 1

    /// All trained families, each in an invocation of its own.
    ///
    /// The networks are trained every third month, because one more month of ten years changes them less than chance does.
    static let all = [
        TrainingPlan(type: RandomWalk.self, seed: 1),
        TrainingPlan(type: BlendedFHS.self, seed: 1),
        TrainingPlan(type: Climatology.self, seed: 1),
        TrainingPlan(type: HARModel.self, seed: 1),
        TrainingPlan(type: GARCHModel.self, seed: 1),
        TrainingPlan(type: LinearQuantile.self, seed: 1),
        TrainingPlan(type: BoostedTrees.self, seed: 1),
        TrainingPlan(type: LSTM.self, seed: 1, validDays: 75, revision: 2),
        TrainingPlan(type: Transformer.self, seed: 1, validDays: 75, revision: 2),
    ]

    var family: String { type.family }

    /// The configuration as JSON text, stored with the model version.
    var configuration: String {
        #"{"family":"\#(family)","features":"\#(FeatureSet.version)","revision":\#(revision),"seed":\#(seed)}"#
    }

    /// The version's id, equal for equal snapshot, configuration and code.
    func id(asOf: Instant, dataVersion: String, codeVersion: String) -> String {
        ModelIdentity.id(of: family, asOf: asOf, configuration: configuration, dataVersion: dataVersion, codeVersion: codeVersion)
    }
}

/// The ids of model versions.
enum ModelIdentity {
    /// The id: the family, and a hash of everything that determines the model.
    static func id(of family: String, asOf: Instant, configuration: String, dataVersion: String, codeVersion: String) -> String {
        let text = [asOf.description, configuration, dataVersion, codeVersion].joined(separator: "\n")
        return "\(family)-\(Digest.sha256Hex(Array(text.utf8)).prefix(16))"
    }
}

/// The state of a family's training at the end of an invocation.
enum TrainingProgress: Sendable {
    case finished(any ForecastModel)
    case paused(checkpoint: [UInt8])
}

extension TrainingPlan {
    /// Trains until the deadline. A family without checkpoints must end by then; a checkpoint of another training is ignored.
    ///
    /// - Throws: `TrainingError`.
    func train(_ set: TrainingSet, resuming checkpoint: [UInt8]?, deadline: ContinuousClock.Instant) throws -> TrainingProgress {
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
    ) throws -> TrainingProgress {
        switch try type.train(set, seed: seed, resuming: checkpoint, deadline: deadline, progress: { _ in }) {
        case .finished(let model): .finished(model)
        case .interrupted(let checkpoint): .paused(checkpoint: checkpoint)
        }
    }
}
