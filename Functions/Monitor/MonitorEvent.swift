package import Market

/// What Monitor is called with. Business time is the event's `time`.
package enum MonitorEvent: Decodable, Sendable {
    /// Each evening: score what has matured, move the spread factors, watch the champion. `from` reaches further back than usual.
    case daily(time: Instant, from: SessionDate?)
    /// Once a month: hold every challenger against the champion.
    case review(time: Instant)
    /// How two families compare, without a decision.
    case compare(String, with: String, time: Instant)
    /// A person's word: this model, by its id or its family's latest fit, is the champion.
    case promote(String, reason: String?, time: Instant)
    /// A person's word: back to the floor.
    case rollback(reason: String?, time: Instant)

    private enum Key: String, CodingKey { case time, from, review, compare, promote, rollback, reason }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let time = try values.decode(Instant.self, forKey: .time)
        let reason = try values.decodeIfPresent(String.self, forKey: .reason)
        if let families = try values.decodeIfPresent([String].self, forKey: .compare) {
            guard families.count == 2, families[0] != families[1] else {
                throw DecodingError.dataCorruptedError(
                    forKey: .compare, in: values, debugDescription: "compare wants two families that differ")
            }
            self = .compare(families[0], with: families[1], time: time)
        } else if let model = try values.decodeIfPresent(String.self, forKey: .promote) {
            self = .promote(model, reason: reason, time: time)
        } else if try values.decodeIfPresent(Bool.self, forKey: .rollback) == true {
            self = .rollback(reason: reason, time: time)
        } else if try values.decodeIfPresent(Bool.self, forKey: .review) == true {
            self = .review(time: time)
        } else {
            self = .daily(time: time, from: try values.decodeIfPresent(SessionDate.self, forKey: .from))
        }
    }
}

/// What one invocation did or found.
package struct MonitorSummary: Encodable, Sendable {
    var scored: Int?
    /// Spread factors written.
    var factors: Int?
    /// The champion afterwards.
    var champion: String?
    /// Whether it became so now.
    var isChanged: Bool?
    /// Of a review, by challenger; of a comparison, one; of a rollback or a person's word, one.
    var evidence: [Evidence]?
    /// Of a comparison: whether reviews hold this family against that one, as they hold challengers against the champion.
    var isReviewed: Bool?
    var note: String?
}
