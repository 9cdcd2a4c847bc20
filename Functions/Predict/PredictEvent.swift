import FoundationEssentials
package import LambdaEvents
import LambdaRuntime
package import Market

/// What Predict is called with: a query over the HTTP API, a slice of a run, or the wish for a network as a file.
package enum PredictEvent: Decodable, SelfReading, Sendable {
    case request(HTTPAPIRequest)
    case slice(run: String, instruments: [String])
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

/// What a slice of a run came to.
struct RunSliceSummary: Encodable, Sendable {
    /// Forecasts written now; those that were kept already are not counted.
    var kept = 0
    /// Instruments that lack all or some families' forecasts, and why.
    var without: [String: String] = [:]
    /// Families that forecast nothing, because every kept fit's artifact was refused, and why.
    var unusable: [String: String] = [:]
    var note: String?
}
