import Foundation

/// Asynchronous invocations: accepted on disk, delivered at least once, retried in virtual time, given up into the dead letters.
actor Queue {
    private struct Entry {
        var pending: PendingEvent
        /// Deliveries that have not ended well yet.
        var owed = 0
        /// On the disk, so that it may be delivered.
        var isWritten = false
        /// Calls that are putting it there.
        var writers = 0
    }

    private struct Delayed {
        let due: VirtualTime
        let id: String
    }

    let clock: VirtualClock
    private let journal: Journal
    private let functions: [String: FunctionDefinition]
    private let arn: @Sendable (_ function: String) -> String
    private let deliver: @Sendable (AsyncEvent) async throws(InvocationRefusal) -> InvocationResult
    private let deadLetterFile: DeadLetterFile
    private var entries: [String: Entry] = [:]
    private var finished: Set<Fingerprint>
    private var lanes: [String: Lane] = [:]
    private var delayed: [Delayed] = []
    private var writing = 0
    private var restWaiters: [CheckedContinuation<Void, Never>] = []
    private var faults: FaultPlan?
    private var isStarted = false
    private(set) var deadLetters: [DeadLetter]
    private(set) var acceptedCount = 0
    private(set) var finishedCount = 0

    init(
        journal: Journal, recovered: JournalState, clock: VirtualClock, functions: [FunctionDefinition], widths: [String: Int],
        deadLetterFile: DeadLetterFile, faults: FaultPlan?, arn: @escaping @Sendable (String) -> String,
        deliver: @escaping @Sendable (AsyncEvent) async throws(InvocationRefusal) -> InvocationResult
    ) {
        self.journal = journal
        self.clock = clock
        self.functions = Dictionary(functions.map { ($0.name, $0) }) { $1 }
        self.deadLetterFile = deadLetterFile
        self.faults = faults
        self.arn = arn
        self.deliver = deliver
        finished = recovered.finished
        deadLetters = recovered.deadLetters
        for function in functions { lanes[function.name] = Lane(width: widths[function.name] ?? 1) }
        for pending in recovered.owed { entries[pending.event.id] = Entry(pending: pending, isWritten: true) }
    }

    /// Begins to deliver, with what was owed when the emulator last ended.
    func start() {
        isStarted = true
        for pending in entries.values.map(\.pending).sorted(by: { $0.acceptedAt < $1.acceptedAt }) { schedule(pending) }
        pump()
    }

    func stop() {
        isStarted = false
        checkRest()
    }

    var depth: Int { entries.count }

    /// Returns once the events are on disk. An id that is known, owed or finished, adds nothing.
    func accept(_ events: [AsyncEvent]) async throws {
        let fresh = admit(events, at: clock.now)
        try await record(fresh, as: fresh.map { .accepted($0) })
    }

    /// Moves the clock and accepts the events of that moment, in one record.
    func move(to state: ClockState, events: [AsyncEvent]) async throws {
        let fresh = admit(events, at: state.time)
        try await record(fresh, as: [.moved(state, fresh)])
        clock.set(state)
        release()
    }

    /// The events that this call has to write: new ones, and those that another call is still writing and may fail to.
    private func admit(_ events: [AsyncEvent], at time: VirtualTime) -> [PendingEvent] {
        var fresh: [PendingEvent] = []
        var seen: Set<String> = []
        for event in events where seen.insert(event.id).inserted && !finished.contains(Fingerprint(event.id)) {
            var entry = entries[event.id] ?? Entry(pending: PendingEvent(event: event, acceptedAt: time))
            guard !entry.isWritten else { continue }
            entry.writers += 1
            entries[event.id] = entry
            fresh.append(entry.pending)
        }
        return fresh
    }

    private func record(_ fresh: [PendingEvent], as records: [JournalRecord]) async throws {
        writing += 1
        defer {
            writing -= 1
            checkRest()
        }
        do {
            try await journal.write(records)
        } catch {
            for pending in fresh { abandon(pending.event.id) }
            throw error
        }
        for pending in fresh { written(pending.event.id) }
        pump()
    }

    private func abandon(_ id: String) {
        guard var entry = entries[id] else { return }
        entry.writers -= 1
        entries[id] = entry.writers > 0 || entry.isWritten ? entry : nil
    }

    /// The first of its writers lets the event go.
    private func written(_ id: String) {
        guard var entry = entries[id] else { return }
        entry.writers -= 1
        let isFirst = !entry.isWritten
        entry.isWritten = true
        entries[id] = entry
        guard isFirst else { return }
        acceptedCount += 1
        if isStarted { schedule(entry.pending) }
    }

    /// Puts an event's deliveries where they belong: into its lane when due, else among the delayed.
    private func schedule(_ pending: PendingEvent) {
        let id = pending.event.id
        let count = faults?.deliveriesPerEvent ?? 1
        entries[id]?.owed = count
        for _ in 0..<count { place(id, pending.event.function, due: pending.due) }
    }

    private func place(_ id: String, _ function: String, due: VirtualTime) {
        if due <= clock.now {
            lanes[function, default: Lane(width: 1)].add(id)
        } else {
            let index = delayed.firstIndex { $0.due > due } ?? delayed.endIndex
            delayed.insert(Delayed(due: due, id: id), at: index)
        }
    }

    /// The next virtual time at which a delayed delivery is due.
    var nextDue: VirtualTime? { delayed.first?.due }

    /// Moves delayed deliveries that have become due into their lanes.
    func release() {
        let now = clock.now
        let due = delayed.prefix { $0.due <= now }
        delayed.removeFirst(due.count)
        for item in due {
            if let entry = entries[item.id] { place(item.id, entry.pending.event.function, due: item.due) }
        }
        pump()
    }

    private func pump() {
        guard isStarted else { return }
        for function in lanes.keys {
            while let id = lanes[function]?.take(random: faults == nil ? nil : { self.faults?.draw($0) ?? $0.lowerBound }) {
                guard let pending = entries[id]?.pending else {
                    lanes[function]?.running -= 1
                    continue
                }
                Task { await run(pending) }
            }
        }
        checkRest()
    }

    private func run(_ pending: PendingEvent) async {
        let result: Result<InvocationResult, InvocationRefusal>
        do throws(InvocationRefusal) {
            result = .success(try await deliver(pending.event))
        } catch {
            result = .failure(error)
        }
        await ended(pending.event.id, result)
        lanes[pending.event.function]?.running -= 1
        pump()
    }

    private func ended(_ id: String, _ result: Result<InvocationResult, InvocationRefusal>) async {
        guard isStarted, var entry = entries[id] else { return }
        let function = functions[entry.pending.event.function]
        switch result {
        case .success(let answer) where answer.functionError == nil:
            entry.owed -= 1
            entries[id] = entry
            if entry.owed == 0 { await end(id, .finished(id: id)) }
        case .success(let answer):
            entry.pending.attempts += 1
            let delay: Int64 = entry.pending.attempts == 1 ? 60_000 : 120_000
            let isLast = entry.pending.attempts > function?.maximumRetryAttempts ?? 0
            await postpone(entry, by: delay, answer: answer, error: String(decoding: answer.payload, as: UTF8.self), isLast: isLast)
        case .failure(.unavailable): return
        case .failure(.throttled): await postpone(entry, by: 60_000, error: "throttled", isLast: false)
        case .failure(let refusal): await postpone(entry, by: 0, error: String(describing: refusal), isLast: true)
        }
    }

    /// The age of an event is judged when a delivery has failed: time that the emulator was away costs no event.
    private func postpone(
        _ entry: Entry, by milliseconds: Int64, answer: InvocationResult? = nil, error: String, isLast: Bool
    ) async {
        var entry = entry
        let pending = entry.pending
        let due = clock.now.adding(milliseconds: milliseconds)
        let age = due.milliseconds - pending.acceptedAt.milliseconds
        let maximumAge = Int64(functions[pending.event.function]?.maximumEventAge ?? 0) * 1000
        if isLast || age > maximumAge {
            await giveUp(pending, answer: answer, error: error, condition: isLast ? "RetriesExhausted" : "EventAgeExceeded")
        } else {
            entry.pending.due = due
            entries[pending.event.id] = entry
            try? await journal.note([.postponed(id: pending.event.id, attempts: pending.attempts, due: due)])
            place(pending.event.id, pending.event.function, due: due)
        }
    }

    /// Ends an event as a dead letter, and hands its record to the function's destination.
    private func giveUp(_ pending: PendingEvent, answer: InvocationResult?, error: String, condition: String) async {
        let id = pending.event.id
        var letter = DeadLetter(
            id: id, function: pending.event.function, event: String(decoding: pending.event.payload, as: UTF8.self), error: error,
            attempts: pending.attempts, time: clock.now.description)
        var message: PendingEvent?
        if let destination = functions[pending.event.function]?.onFailure {
            let record = FailureRecord.of(
                pending, answer: answer, condition: condition, arn: arn(pending.event.function), time: clock.now)
            letter.destination = destination.arn
            if let function = destination.function, let event = FailureRecord.event(record, of: id, to: function) {
                message = admit([event], at: clock.now).first
            } else {
                letter.record = record
            }
        }
        deadLetters.append(letter)
        // The message stands before the end of what it speaks of: a crash between them repeats it under the same id.
        if let message { await end(id, .accepted(message), .dead(letter)) } else { await end(id, .dead(letter)) }
        deadLetterFile.append(letter)
        if let message { written(message.event.id) }
    }

    private func end(_ id: String, _ records: JournalRecord...) async {
        entries[id] = nil
        finishedCount += 1
        if AsyncEvent.isRepeatable(id) { finished.insert(Fingerprint(id)) }
        try? await journal.note(records)
    }

    /// Returns when no event is being written, due or delivered. Delayed retries do not count: they wait for the clock.
    func rest() async {
        await withCheckedContinuation { continuation in
            restWaiters.append(continuation)
            checkRest()
        }
    }

    private func checkRest() {
        guard !restWaiters.isEmpty, writing == 0, !isStarted || lanes.values.allSatisfy(\.isQuiet) else { return }
        for waiter in restWaiters { waiter.resume() }
        restWaiters = []
    }
}
