import FoundationEssentials
package import LambdaEvents
package import Market

/// What Featurize is called with.
package enum FeaturizeEvent: Decodable, Sendable {
    /// Objects were created; their decoded keys.
    case objects([String])
    /// A run has all its objects: make the cross-sections, or go on with them, and let Predict go on.
    case crossSection(run: String, from: RunCompleteEvent.Rest?)
    /// Whatever an exchange's run still waits for does not come any more.
    case cutOff(exchange: String, time: Instant)
    /// A part of the work of deriving everything anew.
    case rebuild(RebuildStep)
    /// Two providers are to be compared.
    case crossCheck(CrossCheck)

    private enum Key: String, CodingKey { case run, rest, exchange, cutOff, rebuild, crossCheck }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        if let run = try values.decodeIfPresent(String.self, forKey: .run) {
            self = .crossSection(run: run, from: try values.decodeIfPresent(RunCompleteEvent.Rest.self, forKey: .rest))
        } else if let time = try values.decodeIfPresent(Instant.self, forKey: .cutOff) {
            self = .cutOff(exchange: try values.decode(String.self, forKey: .exchange), time: time)
        } else if values.contains(.rebuild) {
            self = .rebuild(try RebuildStep(from: decoder))
        } else if values.contains(.crossCheck) {
            self = .crossCheck(try CrossCheck(from: decoder))
        } else {
            self = .objects(try S3Event(from: decoder).records.map(\.s3.object.decodedKey))
        }
    }
}

/// What one invocation did.
package struct FeaturizeSummary: Encodable, Sendable {
    /// Answers folded in now, repeated ones not counted.
    var folded = 0
    var bars = 0
    /// How long it took to write them.
    var secondsOfBars = 0.0
    var actions = 0
    var features = 0
    var quarantined = 0
    /// Cross-sectional rows written.
    var crossSection = 0
    /// Slices handed to Predict.
    var handedOn = 0
    /// Objects that a rebuild could not read, each with the reason.
    var skipped: [String: String] = [:]
    /// What is left of a rebuild: the event to call with next.
    var next: RebuildStep?
    var crossCheck: CrossCheckReport?
}

extension CrossSectionBuilder.Cursor {
    /// nil for what is no instant or date.
    init?(_ rest: RunCompleteEvent.Rest) {
        guard let knownAt = Instant(rest.knownAt) else { return nil }
        let after = rest.after.flatMap { SessionDate($0) }
        guard rest.after == nil || after != nil else { return nil }
        self.init(exchange: rest.exchange, knownAt: knownAt, after: after)
    }

    var event: RunCompleteEvent.Rest {
        RunCompleteEvent.Rest(exchange: exchange, knownAt: knownAt.description, after: after?.description)
    }
}
