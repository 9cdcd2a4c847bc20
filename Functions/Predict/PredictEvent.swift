import FoundationEssentials
package import LambdaEvents

/// What Predict is called with: a question over the HTTP API, or a slice of a run.
package enum PredictEvent: Decodable, Sendable {
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
}

/// An answer for the gateway, or what a slice did.
package enum PredictOutput: Encodable, Sendable {
    case response(HTTPAPIResponse)
    case slice(SliceSummary)

    package struct SliceSummary: Encodable, Sendable {
        /// Forecasts written now; those that were kept already are not counted.
        var kept = 0
        /// Instruments that lack all or some kinds' forecasts, and why.
        var without: [String: String] = [:]
        var note: String?
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .response(let response): try response.encode(to: encoder)
        case .slice(let summary): try summary.encode(to: encoder)
        }
    }
}
