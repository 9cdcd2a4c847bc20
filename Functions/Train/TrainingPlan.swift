import AWS
import Features
import Forecasting
import Market
import Store

/// One model that a training makes, and the slot it stands in.
struct TrainingPlan: Sendable {
    let type: any ForecastModel.Type
    let slot: Promotions.Slot
    let seed: UInt64

    /// What every training makes, in this order. The blended-volatility simulation is the first champion and the floor for what is shown.
    static let all = [
        TrainingPlan(type: RandomWalk.self, slot: .baseline, seed: 1),
        TrainingPlan(type: BlendedFHS.self, slot: .champion, seed: 1),
        TrainingPlan(type: LSTM.self, slot: .challenger, seed: 1),
    ]

    /// Stored beside the model, as JSON.
    var configuration: String { #"{"features":"\#(FeatureSet.version)","kind":"\#(type.kind)","seed":\#(seed)}"# }

    /// The model's identity: the same knowledge, configuration and code make the same model.
    func id(asOf: Instant, dataVersion: String, codeVersion: String) -> String {
        let text = [asOf.description, configuration, dataVersion, codeVersion].joined(separator: "\n")
        return "\(type.kind)-\(Digest.sha256Hex(Array(text.utf8)).prefix(16))"
    }
}
