import FoundationEssentials
package import LambdaEvents
import LambdaRuntime
package import Market

/// The events that Predict handles: a request to the HTTP API, a slice of a run, or the export of a model.
package enum PredictEvent: Decodable, RawEventDecodable, Sendable {
    case request(HTTPAPIRequest)
    /// `{"run", "instruments"}`: forecasts some instruments of a complete run.
    case slice(run: String, instruments: [String])
    /// `{"export", "time"}`: writes a neural network as ONNX.
    case export(model: String, time: Instant)

    private enum Key: String, CodingKey { case run, instruments, export, time }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        if let run = try values.decodeIfPresent(String.self, forKey: .run) {
            self = .slice(run: run, instruments: try values.decode([String].self, forKey: .instruments))
        } else if let model = try values.decodeIfPresent(String.self, forKey: .export) {
            self = .export(model: model, time: try values.decode(Instant.self, forKey: .time))
        } else {
            self = .request(try HTTPAPIRequest(from: decoder))
        }
    }

    package init?(reading bytes: [UInt8]) {
        guard let request = HTTPAPIRequest(reading: bytes) else { return nil }
        self = .request(request)
    }
}

/// The result of forecasting a slice of a run.
struct RunSliceSummary: Encodable, Sendable {
    /// The number of new forecasts.
    var stored = 0
    /// The symbols for which all or some families have no forecast, with the reasons.
    var failures: [String: String] = [:]
    /// The families without a forecast because no version's artifact can be used, with the reasons.
    var unusableFamilies: [String: String] = [:]
    var note: String?

    private enum CodingKeys: String, CodingKey { case stored, failures, unusableFamilies = "unusable_families", note }
}
