import FoundationEssentials
package import LambdaEvents
import LambdaRuntime

/// What Predict is called with: a question over the HTTP API, or a slice of a run.
package enum PredictEvent: Decodable, SelfReading, Sendable {
    case request(HTTPAPIRequest)
    case slice(run: String, instruments: [String])

    private enum Key: String, CodingKey { case run, instruments }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        if let run = try values.decodeIfPresent(String.self, forKey: .run) {
            self = .slice(run: run, instruments: try values.decode([String].self, forKey: .instruments))
        } else {
            self = .request(try HTTPAPIRequest(from: decoder))
        }
    }

    package init?(reading bytes: [UInt8]) {
        guard let request = HTTPAPIRequest(reading: bytes) else { return nil }
        self = .request(request)
    }
}

/// What a slice of a run came to.
struct SliceSummary: Encodable, Sendable {
    /// Forecasts written now; those that were kept already are not counted.
    var kept = 0
    /// Instruments that lack all or some kinds' forecasts, and why.
    var without: [String: String] = [:]
    var note: String?
}
