import Market

/// What starts a training: the schedule or a person, or Train itself with one model family; or asks for the ensemble of one that died.
package struct TrainEvent: Codable, Sendable {
    /// Business time: what was recorded by then is learned from.
    let time: Instant
    /// Model families; absent: all that are due.
    var families: [String]?
    /// How many invocations have gone before in this fit.
    var part: Int?
    /// The families that are trained beside this one: when the last of them is done, the ensemble is made.
    var round: [String]?
    /// True: nothing is trained; the ensemble of the last training that is over by `time` is made when it has none.
    var overdue: Bool?
}

/// What one invocation did.
package struct TrainSummary: Encodable, Sendable {
    struct Outcome: Encodable, Sendable {
        let id: String
        let family: String
        /// False when the model was there already.
        let isNew: Bool
        let metrics: [String: Double]
    }

    var models: [Outcome] = []
    /// Families given to other invocations, or to the next one from a checkpoint.
    var continued: [String] = []
    /// Families whose fit failed, and why. Nothing tries them again by itself; another event of the same time does, and of several failures the
    /// first is recorded.
    var failed: [String: String] = [:]
    var instruments = 0
    var note: String?
}
