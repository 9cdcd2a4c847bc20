import Formats
import Market

/// The event that starts a training: from the schedule, from an operator, or from Train itself for one model family.
package struct TrainEvent: Codable, Sendable {
    /// The business time; the training reads the features recorded by then.
    let time: Instant
    /// The model families to train; absent: all families that are due.
    var families: [String]?
    /// The number of earlier invocations of this family's training.
    var part: Int?
    /// The families that one event started together; the ensemble is made when the last family ends.
    var batch: [String]?
    /// Whether to train nothing and only make the missing ensemble of the last finished training.
    var overdue: Bool?

    private enum CodingKeys: String, CodingKey, CaseIterable { case time, families, part, batch, overdue }

    package init(from decoder: any Decoder) throws {
        try decoder.rejectUnknownMembers(but: CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            time: try values.decode(Instant.self, forKey: .time), families: try values.decodeIfPresent([String].self, forKey: .families),
            part: try values.decodeIfPresent(Int.self, forKey: .part), batch: try values.decodeIfPresent([String].self, forKey: .batch),
            overdue: try values.decodeIfPresent(Bool.self, forKey: .overdue))
        guard (0...1000).contains(part ?? 0) else {
            throw DecodingError.dataCorruptedError(
                forKey: .part, in: values, debugDescription: "not a number of invocations from 0 to 1000")
        }
    }

    init(time: Instant, families: [String]? = nil, part: Int? = nil, batch: [String]? = nil, overdue: Bool? = nil) {
        self.time = time
        self.families = families
        self.part = part
        self.batch = batch
        self.overdue = overdue
    }
}

/// The result of one invocation of Train.
package struct TrainSummary: Encodable, Sendable {
    /// The trained models, new or registered before, one per family.
    var models: [TrainingOutcome] = []
    /// The families that other invocations train or continue from a checkpoint.
    var continued: [String] = []
    /// The families whose training failed, with the reasons. They are not tried again until another event; of several failures as of one
    /// instant the first is stored.
    var failed: [String: String] = [:]
    /// The number of instruments in the training.
    var instruments = 0
    var note: String?

    private enum CodingKeys: String, CodingKey { case models, continued, failed, instruments, note }
}

/// The model version of a training, new or registered before.
struct TrainingOutcome: Encodable, Sendable {
    let id: String
    let family: String
    /// Whether the version is new; false if it was registered before.
    let isNew: Bool
    let metrics: [String: Double]

    private enum CodingKeys: String, CodingKey { case id, family, isNew = "is_new", metrics }
}
