package import LambdaEvents

/// One line of the journal.
enum JournalRecord: Codable, Sendable, Equatable {
    /// The event has to be delivered.
    case accepted(PendingEvent)
    /// A delivery failed and the event is due again.
    case retryScheduled(id: String, attempts: Int, due: VirtualTime)
    case finished(id: String)
    case deadLettered(DeadLetter)
    /// A dead letter became an accepted event again.
    case retried(id: String, at: VirtualTime)
    /// A dead letter was dropped.
    case discarded(id: String)
    /// Virtual time moved and these events fired: one record, so that a crash neither loses nor repeats an event.
    case clockMoved(ClockState, [PendingEvent])
    /// Fingerprints of the events that were finished before the journal was compacted.
    case finishedBefore([EventFingerprint])

    private enum CodingKeys: String, CodingKey { case record, event, id, attempts, due, letter, clock, events, fingerprints }

    private enum Name: String, Codable {
        case accepted, finished, retried, discarded
        case retryScheduled = "retry_scheduled"
        case deadLettered = "dead_lettered"
        case clockMoved = "clock_moved"
        case finishedBefore = "finished_before"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func field<T: Decodable>(_ key: CodingKeys) throws -> T { try fields.decode(T.self, forKey: key) }
        self =
            switch try field(.record) as Name {
            case .accepted: .accepted(try field(.event))
            case .retryScheduled: .retryScheduled(id: try field(.id), attempts: try field(.attempts), due: try field(.due))
            case .finished: .finished(id: try field(.id))
            case .deadLettered: .deadLettered(try field(.letter))
            case .retried: .retried(id: try field(.id), at: try field(.due))
            case .discarded: .discarded(id: try field(.id))
            case .clockMoved: .clockMoved(try field(.clock), try field(.events))
            case .finishedBefore: .finishedBefore(try field(.fingerprints))
            }
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .accepted(let event):
            try fields.encode(Name.accepted, forKey: .record)
            try fields.encode(event, forKey: .event)
        case .retryScheduled(let id, let attempts, let due):
            try fields.encode(Name.retryScheduled, forKey: .record)
            try fields.encode(id, forKey: .id)
            try fields.encode(attempts, forKey: .attempts)
            try fields.encode(due, forKey: .due)
        case .finished(let id):
            try fields.encode(Name.finished, forKey: .record)
            try fields.encode(id, forKey: .id)
        case .deadLettered(let letter):
            try fields.encode(Name.deadLettered, forKey: .record)
            try fields.encode(letter, forKey: .letter)
        case .retried(let id, let time):
            try fields.encode(Name.retried, forKey: .record)
            try fields.encode(id, forKey: .id)
            try fields.encode(time, forKey: .due)
        case .discarded(let id):
            try fields.encode(Name.discarded, forKey: .record)
            try fields.encode(id, forKey: .id)
        case .clockMoved(let clock, let events):
            try fields.encode(Name.clockMoved, forKey: .record)
            try fields.encode(clock, forKey: .clock)
            try fields.encode(events, forKey: .events)
        case .finishedBefore(let fingerprints):
            try fields.encode(Name.finishedBefore, forKey: .record)
            try fields.encode(fingerprints, forKey: .fingerprints)
        }
    }
}

/// An accepted event that is not finished.
struct PendingEvent: Codable, Sendable, Equatable {
    var event: AsyncEvent
    var acceptedAt: VirtualTime
    var due: VirtualTime
    /// Deliveries that ended in a function error.
    var attempts = 0
    /// How often the event became a dead letter and was accepted again.
    var retries = 0

    private enum CodingKeys: String, CodingKey {
        case id, function, payload, due, attempts, retries
        case acceptedAt = "accepted_at"
        case traceID = "trace_id"
        case tenantID = "tenant_id"
    }

    init(event: AsyncEvent, acceptedAt: VirtualTime) {
        self.event = event
        self.acceptedAt = acceptedAt
        due = acceptedAt
    }

    /// Accepts the event of a dead letter again.
    init(retrying letter: DeadLetter, at time: VirtualTime) {
        event = AsyncEvent(
            id: letter.id, function: letter.function, payload: [UInt8](letter.event.utf8), traceID: letter.traceID,
            tenantID: letter.tenantID)
        acceptedAt = time
        due = time
        retries = (letter.retries ?? 0) + 1
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let payload = try fields.decode(String.self, forKey: .payload)
        event = AsyncEvent(
            id: try fields.decode(String.self, forKey: .id), function: try fields.decode(String.self, forKey: .function),
            payload: [UInt8](payload.utf8), traceID: try fields.decodeIfPresent(String.self, forKey: .traceID),
            tenantID: try fields.decodeIfPresent(String.self, forKey: .tenantID))
        acceptedAt = try fields.decode(VirtualTime.self, forKey: .acceptedAt)
        due = try fields.decode(VirtualTime.self, forKey: .due)
        attempts = try fields.decode(Int.self, forKey: .attempts)
        retries = try fields.decodeIfPresent(Int.self, forKey: .retries) ?? 0
    }

    /// Payloads are JSON, hence valid UTF-8, so they stay readable in the journal.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(event.id, forKey: .id)
        try fields.encode(event.function, forKey: .function)
        try fields.encode(String(decoding: event.payload, as: UTF8.self), forKey: .payload)
        try fields.encode(acceptedAt, forKey: .acceptedAt)
        try fields.encode(due, forKey: .due)
        try fields.encode(attempts, forKey: .attempts)
        if retries > 0 { try fields.encode(retries, forKey: .retries) }
        try fields.encodeIfPresent(event.traceID, forKey: .traceID)
        try fields.encodeIfPresent(event.tenantID, forKey: .tenantID)
    }
}

/// An asynchronous event that could not be delivered; one line of `dead-letters.jsonl`.
package struct DeadLetter: Codable, Sendable, Equatable {
    package var id: String
    package var function: String
    /// The payload as text.
    package var event: String
    /// The function's error document, or the reason why the event was never delivered.
    package var error: String
    package var attempts: Int
    /// Virtual time, RFC 3339.
    package var time: String
    /// The ARN of the function's `OnFailure` destination.
    package var destination: String?
    /// The record for a destination that does not run on this machine.
    package var record: DestinationRecord?
    package var traceID: String?
    package var tenantID: String?
    /// How often the event was a dead letter before; nil for never.
    package var retries: Int?

    private enum CodingKeys: String, CodingKey {
        case id, function, event, error, attempts, time, destination, record, retries
        case traceID = "trace_id"
        case tenantID = "tenant_id"
    }

    /// A short name of the event, for people: 12 hexadecimal digits of the hash of its id.
    package var shortID: String { String(EventFingerprint(id).text.prefix(12)) }
}
