import AWS
import Features
import Forecasting
import Market

/// One model that a training makes.
struct TrainingPlan: Sendable {
    let type: any ForecastModel.Type
    let seed: UInt64

    /// What every training makes, each kind in an invocation of its own. The first blended-volatility simulation is the first champion.
    static let all = [
        TrainingPlan(type: RandomWalk.self, seed: 1),
        TrainingPlan(type: BlendedFHS.self, seed: 1),
        TrainingPlan(type: LSTM.self, seed: 1),
    ]

    var kind: String { type.kind }

    /// Stored beside the model, as JSON.
    var configuration: String { #"{"features":"\#(FeatureSet.version)","kind":"\#(kind)","seed":\#(seed)}"# }

    /// The model's identity: the same knowledge, configuration and code make the same model.
    func id(asOf: Instant, dataVersion: String, codeVersion: String) -> String {
        let text = [asOf.description, configuration, dataVersion, codeVersion].joined(separator: "\n")
        return "\(kind)-\(Digest.sha256Hex(Array(text.utf8)).prefix(16))"
    }
}
