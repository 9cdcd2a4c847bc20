import Foundation

/// The queue of asynchronous invocations: events are written to disk first, delivered at least once and retried in virtual time.
///
/// An event whose retries are exhausted becomes a dead letter.
actor EventQueue {
    private struct Entry {
        var pending: PendingEvent
        /// Deliveries that have not succeeded yet.
        var remainingDeliveries = 0
        /// The event is on disk, so that it may be delivered.
        var isWritten = false
        /// Calls that are writing the event.
        var writers = 0
    }

    /// A delivery that waits for the virtual clock.
    private struct Delayed {
        let due: VirtualTime
        let id: String
    }

    private let clock: VirtualClock
    private let journal: Journal
    private let functions: [String: FunctionDefinition]
    private let arn: @Sendable (_ function: String) -> String
    private let deliver: @Sendable (AsyncEvent) async throws(InvocationError) -> InvocationResult
    private let deadLetterFile: DeadLetterFile
    private var entries: [String: Entry] = [:]
    private var finished: Set<EventFingerprint>
    private var slots: [String: DeliverySlots] = [:]
    /// Sorted by due time.
    private var delayed: [Delayed] = []
    private var writesInProgress = 0
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []
    private var faults: FaultPlan?
    private var isStarted = false
    /// Dead letters that are being retried or discarded.
    private var changingLetters: Set<String> = []
    private(set) var deadLetters: [DeadLetter]
    private(set) var acceptedCount = 0
    private(set) var finishedCount = 0

    /// - Parameters:
    ///   - recovered: the journal's content when the emulator started.
    ///   - concurrency: the most concurrent deliveries of each function; 1 where it is missing.
    init(
        journal: Journal, recovered: JournalState, clock: VirtualClock, functions: [FunctionDefinition], concurrency: [String: Int],
        deadLetterFile: DeadLetterFile, faults: FaultPlan?, arn: @escaping @Sendable (String) -> String,
        deliver: @escaping @Sendable (AsyncEvent) async throws(InvocationError) -> InvocationResult
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
        for function in functions { slots[function.name] = DeliverySlots(limit: concurrency[function.name] ?? 1) }
        for pending in recovered.pending { entries[pending.event.id] = Entry(pending: pending, isWritten: true) }
    }

    /// Starts delivering, first the events that the journal recovered.
    func start() {
        isStarted = true
        for pending in entries.values.map(\.pending).sorted(by: { $0.acceptedAt < $1.acceptedAt }) { schedule(pending) }
        startDeliveries()
    }

    func stop() {
        isStarted = false
        resumeIdleWaiters()
    }

    /// Events that are not finished, delayed retries included.
    var depth: Int { entries.count }

    /// The next virtual time at which a delayed delivery is due.
    var nextDue: VirtualTime? { delayed.first?.due }

    // MARK: Acceptance

    /// Returns once the events are on disk. An event whose id is pending or finished is ignored.
    func accept(_ events: [AsyncEvent]) async throws {
        let fresh = register(events, at: clock.now)
        try await write(fresh, as: fresh.map { .accepted($0) })
    }

    /// Moves the virtual clock and accepts the events that fire at that moment, in one journal record.
    func moveClock(to state: ClockState, events: [AsyncEvent]) async throws {
        let fresh = register(events, at: state.time)
        try await write(fresh, as: [.clockMoved(state, fresh)])
        clock.set(state)
        releaseDue()
    }

    /// Returns the events that this call has to write: new events, and events that another call is writing but may fail to write.
    private func register(_ events: [AsyncEvent], at time: VirtualTime) -> [PendingEvent] {
        var fresh: [PendingEvent] = []
        var seen: Set<String> = []
        for event in events where seen.insert(event.id).inserted && !finished.contains(EventFingerprint(event.id)) {
            var entry = entries[event.id] ?? Entry(pending: PendingEvent(event: event, acceptedAt: time))
            guard !entry.isWritten else { continue }
            entry.writers += 1
            entries[event.id] = entry
            fresh.append(entry.pending)
        }
        return fresh
    }

    private func write(_ fresh: [PendingEvent], as records: [JournalRecord]) async throws {
        writesInProgress += 1
        defer {
            writesInProgress -= 1
            resumeIdleWaiters()
        }
        do {
            try await journal.write(records)
        } catch {
            for pending in fresh { writeFailed(pending.event.id) }
            throw error
        }
        for pending in fresh { writeSucceeded(pending.event.id) }
        startDeliveries()
    }

    private func writeFailed(_ id: String) {
        guard var entry = entries[id] else { return }
        entry.writers -= 1
        entries[id] = entry.writers > 0 || entry.isWritten ? entry : nil
    }

    /// The first successful write of an event makes it deliverable.
    private func writeSucceeded(_ id: String) {
        guard var entry = entries[id] else { return }
        entry.writers -= 1
        let isFirst = !entry.isWritten
        entry.isWritten = true
        entries[id] = entry
        guard isFirst else { return }
        acceptedCount += 1
        if isStarted { schedule(entry.pending) }
    }

    // MARK: Deliveries

    private func schedule(_ pending: PendingEvent) {
        let id = pending.event.id
        let count = faults?.deliveriesPerEvent ?? 1
        entries[id]?.remainingDeliveries = count
        for _ in 0..<count { enqueueDelivery(id, pending.event.function, due: pending.due) }
    }

    private func enqueueDelivery(_ id: String, _ function: String, due: VirtualTime) {
        if due <= clock.now {
            slots[function, default: DeliverySlots(limit: 1)].append(id)
        } else {
            let index = delayed.firstIndex { $0.due > due } ?? delayed.endIndex
            delayed.insert(Delayed(due: due, id: id), at: index)
        }
    }

    /// Moves delayed deliveries that have become due to their function's slots.
    func releaseDue() {
        let now = clock.now
        let due = delayed.prefix { $0.due <= now }
        delayed.removeFirst(due.count)
        for delivery in due {
            if let entry = entries[delivery.id] { enqueueDelivery(delivery.id, entry.pending.event.function, due: delivery.due) }
        }
        startDeliveries()
    }

    private func startDeliveries() {
        guard isStarted else { return }
        for function in slots.keys {
            while let id = slots[function]?.takeNext(random: faults == nil ? nil : { self.faults?.draw($0) ?? $0.lowerBound }) {
                guard let pending = entries[id]?.pending else {
                    slots[function]?.release()
                    continue
                }
                Task { await run(pending) }
            }
        }
        resumeIdleWaiters()
    }

    private func run(_ pending: PendingEvent) async {
        let result: Result<InvocationResult, InvocationError>
        do throws(InvocationError) {
            result = .success(try await deliver(pending.event))
        } catch {
            result = .failure(error)
        }
        await deliveryEnded(pending.event.id, result)
        slots[pending.event.function]?.release()
        startDeliveries()
    }

    /// Returns when no event is being written, due or delivered. Delayed retries do not count, because they wait for the clock.
    func waitUntilIdle() async {
        await withCheckedContinuation { continuation in
            idleWaiters.append(continuation)
            resumeIdleWaiters()
        }
    }

    private func resumeIdleWaiters() {
        guard !idleWaiters.isEmpty, writesInProgress == 0, !isStarted || slots.values.allSatisfy(\.isIdle) else { return }
        for waiter in idleWaiters { waiter.resume() }
        idleWaiters = []
    }

    // MARK: Outcomes

    /// Finishes the event, schedules a retry, or makes it a dead letter.
    private func deliveryEnded(_ id: String, _ result: Result<InvocationResult, InvocationError>) async {
        guard isStarted, var entry = entries[id] else { return }
        let function = functions[entry.pending.event.function]
        switch result {
        case .success(let response) where response.functionError == nil:
            entry.remainingDeliveries -= 1
            entries[id] = entry
            if entry.remainingDeliveries == 0 { await finish(id, .finished(id: id)) }
        case .success(let response):
            entry.pending.attempts += 1
            let delay: Int64 = entry.pending.attempts == 1 ? 60_000 : 120_000
            let isLast = entry.pending.attempts > function?.maximumRetryAttempts ?? 0
            let error = String(decoding: response.payload, as: UTF8.self)
            await retry(entry, after: delay, response: response, error: error, isLast: isLast)
        case .failure(.unavailable): return
        case .failure(.throttled): await retry(entry, after: 60_000, error: "throttled", isLast: false)
        case .failure(let failure): await retry(entry, after: 0, error: String(describing: failure), isLast: true)
        }
    }

    /// Schedules the next delivery unless retries or the maximum age are exhausted. The age is checked only after a failed delivery, so
    /// that no event expires while the emulator is stopped.
    private func retry(
        _ entry: Entry, after milliseconds: Int64, response: InvocationResult? = nil, error: String, isLast: Bool
    ) async {
        var entry = entry
        let pending = entry.pending
        let due = clock.now.adding(milliseconds: milliseconds)
        let age = due.milliseconds - pending.acceptedAt.milliseconds
        let maximumAge = Int64(functions[pending.event.function]?.maximumEventAge ?? 0) * 1000
        if isLast || age > maximumAge {
            await recordFailure(pending, response: response, error: error, condition: isLast ? "RetriesExhausted" : "EventAgeExceeded")
        } else {
            entry.pending.due = due
            entries[pending.event.id] = entry
            try? await journal.writeLater([.retryScheduled(id: pending.event.id, attempts: pending.attempts, due: due)])
            enqueueDelivery(pending.event.id, pending.event.function, due: due)
        }
    }

    /// Ends an event as a dead letter and sends its record to the function's `OnFailure` destination.
    private func recordFailure(_ pending: PendingEvent, response: InvocationResult?, error: String, condition: String) async {
        let id = pending.event.id
        var letter = DeadLetter(
            id: id, function: pending.event.function, event: String(decoding: pending.event.payload, as: UTF8.self), error: error,
            attempts: pending.attempts, time: clock.now.description, traceID: pending.event.traceID, tenantID: pending.event.tenantID,
            retries: pending.retries > 0 ? pending.retries : nil)
        var message: PendingEvent?
        if let destination = functions[pending.event.function]?.onFailure {
            let record = OnFailureRecord.make(
                pending, response: response, condition: condition, arn: arn(pending.event.function), time: clock.now)
            letter.destination = destination.arn
            if let function = destination.function, let event = OnFailureRecord.event(record, of: pending, to: function) {
                message = register([event], at: clock.now).first
            } else {
                letter.record = record
            }
        }
        deadLetters.append(letter)
        // Before the first suspension, so that the file gets every change in the order of the array's.
        deadLetterFile.append(letter)
        // The message precedes the dead letter in the journal: a crash between the two repeats the message under the same id.
        if let message { await finish(id, .accepted(message), .deadLettered(letter)) } else { await finish(id, .deadLettered(letter)) }
        if let message { writeSucceeded(message.event.id) }
    }

    private func finish(_ id: String, _ records: JournalRecord...) async {
        entries[id] = nil
        finishedCount += 1
        if AsyncEvent.isRepeatable(id) { finished.insert(EventFingerprint(id)) }
        try? await journal.writeLater(records)
    }
}

// MARK: Dead letters

extension EventQueue {
    /// Accepts the events of the chosen dead letters again, as new events with the same ids; returns the ids.
    ///
    /// A letter disappears and its event is pending with one write: a crash neither loses nor doubles an event.
    func retry(where isChosen: @Sendable (DeadLetter) -> Bool) async throws -> Set<String> {
        let time = clock.now
        let letters = try await change(isChosen) { .retried(id: $0, at: time) }
        for letter in letters { add(PendingEvent(retrying: letter, at: time)) }
        startDeliveries()
        return Set(letters.map(\.id))
    }

    /// Drops the chosen dead letters; returns their ids.
    func discard(where isChosen: @Sendable (DeadLetter) -> Bool) async throws -> Set<String> {
        Set(try await change(isChosen) { .discarded(id: $0) }.map(\.id))
    }

    /// Writes a record for each letter and removes the letters.
    private func change(
        _ isChosen: @Sendable (DeadLetter) -> Bool, _ record: (String) -> JournalRecord
    ) async throws -> [DeadLetter] {
        let letters = deadLetters.filter { isChosen($0) && !changingLetters.contains($0.id) }
        let changing = Set(letters.map(\.id))
        guard !changing.isEmpty else { return [] }
        changingLetters.formUnion(changing)
        writesInProgress += 1
        defer {
            changingLetters.subtract(changing)
            writesInProgress -= 1
            resumeIdleWaiters()
        }
        try await journal.write(letters.map { record($0.id) })
        deadLetters.removeAll { changing.contains($0.id) }
        deadLetterFile.replace(with: deadLetters)
        return letters
    }

    private func add(_ pending: PendingEvent) {
        finished.remove(EventFingerprint(pending.event.id))
        entries[pending.event.id] = Entry(pending: pending, isWritten: true)
        acceptedCount += 1
        if isStarted { schedule(pending) }
    }
}
