package import Market

/// The events that Monitor handles. Business time is the event's `time`.
package enum MonitorEvent: Decodable, Sendable {
    /// `{"time"}`, each evening: scores matured forecasts, updates the calibration factors, checks the champion against the fallback.
    /// `from` is the first origin to score, if earlier than usual.
    case daily(time: Instant, from: SessionDate?)
    /// `{"time", "review": true}`, each month: compares every challenger with the champion.
    case review(time: Instant)
    /// `{"time", "compare": {"family", "against"}}`: compares two model families without a decision.
    case compare(String, with: String, time: Instant)
    /// `{"time", "promote", "reason"}`: an operator makes a version, or a family's latest version, the champion.
    case promote(String, reason: String?, time: Instant)
    /// `{"time", "rollback": true, "reason"}`: an operator promotes the fallback.
    case rollback(reason: String?, time: Instant)

    var time: Instant {
        switch self {
        case .daily(let time, _), .review(let time), .compare(_, _, let time), .promote(_, _, let time), .rollback(_, let time): time
        }
    }

    private enum Key: String, CodingKey { case time, from, review, compare, promote, rollback, reason }

    private struct FamilyComparison: Decodable { let family, against: String }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let time = try values.decode(Instant.self, forKey: .time)
        let reason = try values.decodeIfPresent(String.self, forKey: .reason)
        if let pair = try values.decodeIfPresent(FamilyComparison.self, forKey: .compare) {
            guard pair.family != pair.against else {
                throw DecodingError.dataCorruptedError(
                    forKey: .compare, in: values, debugDescription: "compare needs two families that differ")
            }
            self = .compare(pair.family, with: pair.against, time: time)
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

/// The result of one invocation of Monitor.
package struct MonitorSummary: Encodable, Sendable {
    /// The number of scored forecasts.
    var scored: Int?
    /// The number of written calibration factors.
    var factors: Int?
    /// The id of the champion's version after the invocation.
    var champion: String?
    /// Whether the invocation changed the champion.
    var isChanged: Bool?
    /// The evidence: one entry per challenger of a review; one entry for a comparison, a rollback or a manual promotion.
    var evidence: [Evidence]?
    /// For a comparison: whether reviews compare the same pair, a challenger with the champion.
    var isReviewed: Bool?
    var note: String?

    private enum CodingKeys: String, CodingKey {
        case scored, factors, champion, isChanged = "is_changed", evidence, isReviewed = "is_reviewed", note
    }
}
