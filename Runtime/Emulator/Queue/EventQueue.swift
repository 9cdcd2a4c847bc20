import Foundation

/// Asynchronous invocations: accepted on disk, delivered at least once, retried in virtual time, given up into the dead letters.
actor EventQueue {
    struct Entry {
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
    let journal: Journal
    let functions: [String: FunctionDefinition]
    let arn: @Sendable (_ function: String) -> String
    private let deliver: @Sendable (AsyncEvent) async throws(InvocationError) -> InvocationResult
    let deadLetterFile: DeadLetterFile
    var entries: [String: Entry] = [:]
    var finished: Set<Fingerprint>
    var lanes: [String: Lane] = [:]
    private var delayed: [Delayed] = []
    var writing = 0
    private var restWaiters: [CheckedContinuation<Void, Never>] = []
    private var faults: FaultPlan?
    var isStarted = false
    var deadLetters: [DeadLetter]
    var acceptedCount = 0
    var finishedCount = 0

    init(
        journal: Journal, recovered: JournalState, clock: VirtualClock, functions: [FunctionDefinition], widths: [String: Int],
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

    /// Puts an event's deliveries where they belong: into its lane when due, else among the delayed.
    func schedule(_ pending: PendingEvent) {
        let id = pending.event.id
        let count = faults?.deliveriesPerEvent ?? 1
        entries[id]?.owed = count
        for _ in 0..<count { place(id, pending.event.function, due: pending.due) }
    }

    func place(_ id: String, _ function: String, due: VirtualTime) {
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

    func pump() {
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
        let result: Result<InvocationResult, InvocationError>
        do throws(InvocationError) {
            result = .success(try await deliver(pending.event))
        } catch {
            result = .failure(error)
        }
        await ended(pending.event.id, result)
        lanes[pending.event.function]?.running -= 1
        pump()
    }

    /// Returns when no event is being written, due or delivered. Delayed retries do not count: they wait for the clock.
    func rest() async {
        await withCheckedContinuation { continuation in
            restWaiters.append(continuation)
            checkRest()
        }
    }

    func checkRest() {
        guard !restWaiters.isEmpty, writing == 0, !isStarted || lanes.values.allSatisfy(\.isQuiet) else { return }
        for waiter in restWaiters { waiter.resume() }
        restWaiters = []
    }
}
