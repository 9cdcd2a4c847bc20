import Market

/// The event that starts a training: from the schedule, from an operator, or from Train itself for one model family.
package struct TrainEvent: Codable, Sendable {
    /// Business time: features recorded by then are trained on.
    let time: Instant
    /// Model families; absent: all that are due.
    var families: [String]?
    /// The number of invocations that this family's training has taken so far.
    var part: Int?
    /// The families that one event started together; the ensemble is made when the last of them ends.
    var batch: [String]?
    /// True: trains nothing and makes the ensemble that the last finished training lacks.
    var overdue: Bool?

    private enum CodingKeys: String, CodingKey { case time, families, part, batch, overdue }
}

/// What one invocation of Train did.
package struct TrainSummary: Encodable, Sendable {
    /// The models made or found, one for each trained family.
    var models: [TrainingOutcome] = []
    /// Families that another invocation trains, or continues from a checkpoint.
    var continued: [String] = []
    /// Families whose training failed, with the reasons. They are not tried again until another event; of several failures as of one
    /// instant the first is stored.
    var failed: [String: String] = [:]
    /// Instruments trained on.
    var instruments = 0
    var note: String?

    private enum CodingKeys: String, CodingKey { case models, continued, failed, instruments, note }
}

/// A model version that a training made or found.
struct TrainingOutcome: Encodable, Sendable {
    let id: String
    let family: String
    /// False when the version was registered before.
    let isNew: Bool
    let metrics: [String: Double]

    private enum CodingKeys: String, CodingKey { case id, family, isNew = "is_new", metrics }
}
