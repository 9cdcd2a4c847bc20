/// What the journal amounts to: the same fold serves recovery and compaction.
struct JournalState: Sendable {
    private(set) var clock: ClockState?
    private(set) var finished: Set<Fingerprint> = []
    private(set) var deadLetters: [DeadLetter] = []
    private var pending: [String: (order: Int, event: PendingEvent)] = [:]
    private var accepted = 0

    init(_ records: [JournalRecord] = []) {
        for record in records { apply(record) }
    }

    /// Owed events in the order of their acceptance.
    var owed: [PendingEvent] { pending.values.sorted { $0.order < $1.order }.map(\.event) }

    mutating func apply(_ record: JournalRecord) {
        switch record {
        case .accepted(let event): add(event)
        case .postponed(let id, let attempts, let due):
            pending[id]?.event.attempts = attempts
            pending[id]?.event.due = due
        case .finished(let id): finish(id)
        case .dead(let letter):
            deadLetters.append(letter)
            finish(letter.id)
        case .moved(let state, let events):
            clock = state
            for event in events { add(event) }
        case .remembered(let fingerprints): finished.formUnion(fingerprints)
        }
    }

    /// The shortest journal with the same effect.
    var snapshot: [JournalRecord] {
        var records: [JournalRecord] = clock.map { [.moved($0, [])] } ?? []
        if !finished.isEmpty { records.append(.remembered(Array(finished))) }
        return records + deadLetters.map { .dead($0) } + owed.map { .accepted($0) }
    }

    private mutating func add(_ event: PendingEvent) {
        accepted += 1
        pending[event.event.id] = (accepted, event)
    }

    private mutating func finish(_ id: String) {
        pending[id] = nil
        if AsyncEvent.isRepeatable(id) { finished.insert(Fingerprint(id)) }
    }
}

extension AsyncEvent {
    /// Ids of API calls are fresh; only ids that a source derives from content can come again.
    static func isRepeatable(_ id: String) -> Bool { !id.hasPrefix(apiPrefix) }

    static let apiPrefix = "invoke/"
}

extension AsyncEvent {
    /// The request id that all deliveries of the event share.
    var requestID: String {
        if id.hasPrefix(Self.apiPrefix) { return String(id.dropFirst(Self.apiPrefix.count)) }
        let print = Fingerprint(id)
        let digits = [print.high, print.low].map { value in
            let text = String(value, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        var parts: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}
