package import LambdaEvents

/// One line of the journal. Short keys because there is one line for each step of each event.
enum JournalRecord: Codable, Sendable, Equatable {
    /// The event is owed from now on.
    case accepted(PendingEvent)
    /// A delivery did not end the event: it is due again.
    case postponed(id: String, attempts: Int, due: VirtualTime)
    case finished(id: String)
    case dead(DeadLetter)
    /// Virtual time moved and brought these events: one record, so that a crash neither loses nor repeats a firing.
    case moved(ClockState, [PendingEvent])
    /// Fingerprints of finished events, written when the journal is compacted.
    case remembered([Fingerprint])
}

/// An event that is owed to a function.
struct PendingEvent: Codable, Sendable, Equatable {
    var event: AsyncEvent
    var acceptedAt: VirtualTime
    var due: VirtualTime
    /// Deliveries that ended in a function error.
    var attempts = 0

    private enum CodingKeys: String, CodingKey { case id, function, payload, acceptedAt = "at", due, attempts, trace, tenant }

    init(event: AsyncEvent, acceptedAt: VirtualTime) {
        self.event = event
        self.acceptedAt = acceptedAt
        due = acceptedAt
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let payload = try fields.decode(String.self, forKey: .payload)
        event = AsyncEvent(
            id: try fields.decode(String.self, forKey: .id), function: try fields.decode(String.self, forKey: .function),
            payload: [UInt8](payload.utf8), traceID: try fields.decodeIfPresent(String.self, forKey: .trace),
            tenantID: try fields.decodeIfPresent(String.self, forKey: .tenant))
        acceptedAt = VirtualTime(milliseconds: try fields.decode(Int64.self, forKey: .acceptedAt))
        due = VirtualTime(milliseconds: try fields.decode(Int64.self, forKey: .due))
        attempts = try fields.decode(Int.self, forKey: .attempts)
    }

    /// Payloads are JSON, hence valid UTF-8: they are kept readable.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(event.id, forKey: .id)
        try fields.encode(event.function, forKey: .function)
        try fields.encode(String(decoding: event.payload, as: UTF8.self), forKey: .payload)
        try fields.encode(acceptedAt.milliseconds, forKey: .acceptedAt)
        try fields.encode(due.milliseconds, forKey: .due)
        try fields.encode(attempts, forKey: .attempts)
        try fields.encodeIfPresent(event.traceID, forKey: .trace)
        try fields.encodeIfPresent(event.tenantID, forKey: .tenant)
    }
}

/// An asynchronous event that was given up, as a line of `dead-letters.jsonl`.
package struct DeadLetter: Codable, Sendable, Equatable {
    package var id: String
    package var function: String
    /// The payload as text.
    package var event: String
    /// The function's error body, or why it was never delivered.
    package var error: String
    package var attempts: Int
    /// Virtual time, RFC 3339.
    package var time: String
    /// The ARN that the function's `OnFailure` names.
    package var destination: String?
    /// What AWS would have put there, when the destination is nothing that runs here.
    package var record: DestinationRecord?
}
