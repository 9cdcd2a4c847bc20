import FoundationEssentials
package import LambdaEvents
package import Market

/// An event for Featurize.
package enum FeaturizeEvent: Decodable, Sendable {
    /// S3 objects were created; their decoded keys.
    case objects([String])
    /// A run may be complete: `{"run": "…"}`, with `remaining` if an invocation is continued.
    case finishRun(FinishRunEvent)
    /// The latest scheduled run of an exchange ends now, complete or not: `{"exchange": "XNAS", "cut_off": "…"}`.
    case cutOff(exchange: String, time: Instant)
    /// One step of a rebuild of all derived tables.
    case rebuild(RebuildStep)
    /// A comparison of two providers' returns.
    case crossCheck(CrossCheck)

    private enum CodingKeys: String, CodingKey { case run, exchange, cutOff = "cut_off", rebuild, crossCheck = "cross_check" }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if values.contains(.run) {
            self = .finishRun(try FinishRunEvent(from: decoder))
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

/// The result of one invocation of Featurize.
package struct FeaturizeSummary: Encodable, Sendable {
    /// The number of newly projected responses.
    var projected = 0
    var bars = 0
    /// The seconds spent on validating and storing bars.
    var barSeconds = 0.0
    var actions = 0
    var featureRows = 0
    var quarantined = 0
    var crossSectionRows = 0
    /// The number of slices of the run for which Predict was invoked.
    var slices = 0
    /// The objects that were not projected because of what they are, each with the reason.
    var skipped: [String: String] = [:]
    /// The instruments whose rows a rebuild left as they are, each with the reason.
    var unchanged: [String: String] = [:]
    /// The next step of a rebuild, to be sent as the next event; nil when the rebuild is finished.
    var next: RebuildStep?
    var crossCheck: CrossCheckReport?

    private enum CodingKeys: String, CodingKey {
        case projected, bars, barSeconds = "bar_seconds", actions, featureRows = "feature_rows", quarantined
        case crossSectionRows = "cross_section_rows", slices, skipped, unchanged, next, crossCheck = "cross_check"
    }

    /// Adds the counts of one projected response.
    mutating func add(_ other: FeaturizeSummary) {
        projected += other.projected
        bars += other.bars
        barSeconds += other.barSeconds
        actions += other.actions
        featureRows += other.featureRows
        quarantined += other.quarantined
    }
}

extension CrossSectionBuilder.Cursor {
    /// Parses a cursor; nil if the event has a malformed instant or date.
    init?(_ event: FinishRunEvent.Cursor) {
        guard let knownAt = Instant(event.knownAt) else { return nil }
        let after = event.after.flatMap { SessionDate($0) }
        guard event.after == nil || after != nil else { return nil }
        self.init(exchange: event.exchange, knownAt: knownAt, after: after)
    }

    var event: FinishRunEvent.Cursor {
        FinishRunEvent.Cursor(exchange: exchange, knownAt: knownAt.description, after: after?.description)
    }
}
