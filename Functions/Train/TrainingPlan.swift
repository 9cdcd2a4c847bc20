import AWS
import Features
import Forecasting
import Market

/// One model that a training makes.
struct TrainingPlan: Sendable {
    let type: any ForecastModel.Type
    let seed: UInt64
    /// Days after a fit of the same configuration in which a training of all families passes this one over.
    var lasts = 0
    /// Counts the ways in which the family was built and fitted so far: a fit of an earlier form lasts no longer.
    var form = 1

    /// What is trained, each family in an invocation of its own. The first blended-volatility simulation is the first champion. The nets are
    /// fitted anew every third month: a month more of ten years changes them less than chance does.
    static let all = [
        TrainingPlan(type: RandomWalk.self, seed: 1),
        TrainingPlan(type: BlendedFHS.self, seed: 1),
        TrainingPlan(type: Climatology.self, seed: 1),
        TrainingPlan(type: HARModel.self, seed: 1),
        TrainingPlan(type: GARCHModel.self, seed: 1),
        TrainingPlan(type: LinearQuantile.self, seed: 1),
        TrainingPlan(type: BoostedTrees.self, seed: 1),
        TrainingPlan(type: LSTM.self, seed: 1, lasts: 75, form: 2),
        TrainingPlan(type: Transformer.self, seed: 1, lasts: 75, form: 2),
    ]

    var family: String { type.family }

    /// Stored beside the model, as JSON.
    var configuration: String { #"{"features":"\#(FeatureSet.version)","form":\#(form),"family":"\#(family)","seed":\#(seed)}"# }

    /// The model's identity: the same snapshot, configuration and code make the same model.
    func id(asOf: Instant, dataVersion: String, codeVersion: String) -> String {
        ModelIdentity.of(family, asOf: asOf, configuration: configuration, dataVersion: dataVersion, codeVersion: codeVersion)
    }
}

/// The hash of all that a model is made of.
enum ModelIdentity {
    static func of(_ family: String, asOf: Instant, configuration: String, dataVersion: String, codeVersion: String) -> String {
        let text = [asOf.description, configuration, dataVersion, codeVersion].joined(separator: "\n")
        return "\(family)-\(Digest.sha256Hex(Array(text.utf8)).prefix(16))"
    }
}
