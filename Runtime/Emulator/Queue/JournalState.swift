/// The state that the records of a journal add up to; recovery and compaction use it.
struct JournalState: Sendable {
    private(set) var clock: ClockState?
    private(set) var finished: Set<EventFingerprint> = []
    private(set) var deadLetters: [DeadLetter] = []
    private var entries: [String: (order: Int, event: PendingEvent)] = [:]
    private var acceptedCount = 0

    init(_ records: [JournalRecord] = []) {
        for record in records { apply(record) }
    }

    /// Accepted events that are not finished, in the order of acceptance.
    var pending: [PendingEvent] { entries.values.sorted { $0.order < $1.order }.map(\.event) }

    mutating func apply(_ record: JournalRecord) {
        switch record {
        case .accepted(let event): add(event)
        case .retryScheduled(let id, let attempts, let due):
            entries[id]?.event.attempts = attempts
            entries[id]?.event.due = due
        case .finished(let id): finish(id)
        case .deadLettered(let letter):
            deadLetters.append(letter)
            finish(letter.id)
        case .retried(let id, let time):
            guard let letter = removeLetter(id) else { return }
            finished.remove(EventFingerprint(id))
            add(PendingEvent(retrying: letter, at: time))
        case .discarded(let id): _ = removeLetter(id)
        case .clockMoved(let state, let events):
            clock = state
            for event in events { add(event) }
        case .finishedBefore(let fingerprints): finished.formUnion(fingerprints)
        }
    }

    /// The shortest list of records that adds up to the same state.
    var snapshot: [JournalRecord] {
        var records: [JournalRecord] = clock.map { [.clockMoved($0, [])] } ?? []
        if !finished.isEmpty { records.append(.finishedBefore(Array(finished))) }
        return records + deadLetters.map { .deadLettered($0) } + pending.map { .accepted($0) }
    }

    private mutating func add(_ event: PendingEvent) {
        acceptedCount += 1
        entries[event.event.id] = (acceptedCount, event)
    }

    private mutating func removeLetter(_ id: String) -> DeadLetter? {
        deadLetters.lastIndex { $0.id == id }.map { deadLetters.remove(at: $0) }
    }

    private mutating func finish(_ id: String) {
        entries[id] = nil
        if AsyncEvent.isRepeatable(id) { finished.insert(EventFingerprint(id)) }
    }
}
