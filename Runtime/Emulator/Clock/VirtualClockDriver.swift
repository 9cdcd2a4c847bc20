import Foundation

/// Moves the virtual clock: with real time while it runs, from one due moment to the next while it is advanced.
actor VirtualClockDriver {
    /// Milliseconds: schedules that were due while the emulator was stopped still fire if they are no older than this.
    static let longestCatchUp: Int64 = 24 * 3600 * 1000

    /// An advance in progress; callers with the same target share it.
    private struct ClockAdvance {
        let target: VirtualTime
        var listeners: [UUID: AsyncStream<AdvanceProgress>.Continuation] = [:]
        var progress: AdvanceProgress
        var task: Task<Void, Never>?
    }

    private let clock: VirtualClock
    private let queue: EventQueue
    private let barrier: QuiescenceBarrier
    private let sources: [any TimedEventSource]
    private var ticking: Task<Void, Never>?
    private var currentAdvance: ClockAdvance?
    private var isMoving = false
    private var moveWaiters: [CheckedContinuation<Void, Never>] = []

    init(clock: VirtualClock, queue: EventQueue, barrier: QuiescenceBarrier, sources: [any TimedEventSource]) {
        self.clock = clock
        self.queue = queue
        self.barrier = barrier
        self.sources = sources
    }

    func start() {
        ticking = Task {
            while !Task.isCancelled {
                let pause = await tick()
                try? await Task.sleep(for: .milliseconds(pause))
            }
        }
    }

    func stop() async {
        ticking?.cancel()
        currentAdvance?.task?.cancel()
        await ticking?.value
    }

    var isAdvancing: Bool { currentAdvance != nil }

    /// Fires the events that real time has made due. Returns the milliseconds until the next check.
    private func tick() async -> Int64 {
        guard clock.state.mode == .running, currentAdvance == nil else { return 200 }
        let now = clock.now
        var through = max(clock.state.time, now.adding(milliseconds: -Self.longestCatchUp))
        do {
            while let fired = try await exclusively({ try await fire(after: through, upTo: now) }) { through = fired }
        } catch { return 1000 }
        await queue.releaseDue()
        let next = [await nextFiring(after: through), await queue.nextDue].compactMap { $0 }.min()
        return min(1000, max(1, (next?.milliseconds ?? .max / 2) - clock.now.milliseconds))
    }

    /// Fires the next due moment of a running clock; nil when no moment is due, or when the clock is held or being advanced.
    private func fire(after time: VirtualTime, upTo now: VirtualTime) async throws -> VirtualTime? {
        guard clock.state.mode == .running, currentAdvance == nil, let next = await nextFiring(after: time), next <= now else { return nil }
        var state = clock.state
        state.time = next
        try await queue.moveClock(to: state, events: await events(at: next))
        return next
    }

    /// Runs one clock move at a time, so that no move reads a clock that another move is about to change.
    private func exclusively<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        while isMoving { await withCheckedContinuation { moveWaiters.append($0) } }
        isMoving = true
        defer {
            isMoving = false
            for waiter in moveWaiters { waiter.resume() }
            moveWaiters = []
        }
        return try await body()
    }

    private func nextFiring(after time: VirtualTime) async -> VirtualTime? {
        var earliest: VirtualTime?
        for source in sources {
            if let next = await source.next(after: time) { earliest = min(earliest ?? next, next) }
        }
        return earliest
    }

    private func events(at time: VirtualTime) async -> [AsyncEvent] {
        var events: [AsyncEvent] = []
        for source in sources { events += await source.events(at: time) }
        return events
    }

    /// Sets the clock; schedules in between do not fire. Throws `AdvanceInProgressError` during an advance.
    func set(_ state: ClockState) async throws {
        try await exclusively {
            if let currentAdvance { throw AdvanceInProgressError(target: currentAdvance.target) }
            try await queue.moveClock(to: state, events: [])
        }
    }

    /// Starts an advance, or joins the one to the same target, and streams its progress. The advance goes on when no caller listens.
    ///
    /// - Throws: `AdvanceInProgressError` during an advance to another target.
    func advance(to target: VirtualTime) throws -> AsyncStream<AdvanceProgress> {
        if let currentAdvance, currentAdvance.target != target { throw AdvanceInProgressError(target: currentAdvance.target) }
        let (stream, continuation) = AsyncStream.makeStream(of: AdvanceProgress.self, bufferingPolicy: .bufferingNewest(64))
        let listener = UUID()
        if currentAdvance == nil {
            let start = clock.now
            let progress = AdvanceProgress(time: start.description, target: target.description, moments: 0, events: 0, fraction: 0)
            currentAdvance = ClockAdvance(target: target, progress: progress)
            currentAdvance?.task = Task { await advance(from: start, to: target) }
        }
        currentAdvance?.listeners[listener] = continuation
        continuation.onTermination = { _ in Task { await self.remove(listener) } }
        if let progress = currentAdvance?.progress { continuation.yield(progress) }
        return stream
    }

    /// Stops an advance at the moment that it has reached; events that are under way are not stopped, and the clock is held.
    func stopAdvance() { currentAdvance?.task?.cancel() }

    private func remove(_ listener: UUID) { currentAdvance?.listeners[listener] = nil }

    private func advance(from start: VirtualTime, to target: VirtualTime) async {
        do {
            try await exclusively {
                if clock.state.mode == .running { try await queue.moveClock(to: .held(at: clock.now), events: []) }
            }
            try await barrier.wait()
            while clock.now < target {
                try Task.checkCancellation()
                let now = clock.now
                let firing = await nextFiring(after: now)
                let due = await queue.nextDue.map { max($0, now.adding(milliseconds: 1)) }
                let next = min(target, firing ?? target, due ?? target)
                let events = next == firing ? await events(at: next) : []
                try await queue.moveClock(to: .held(at: next), events: events)
                try await barrier.wait()
                report {
                    $0.moments += 1
                    $0.events += events.count
                    $0.time = next.description
                    $0.fraction = Double(next.milliseconds - start.milliseconds) / Double(target.milliseconds - start.milliseconds)
                }
            }
            report {
                $0.fraction = 1
                $0.result = "done"
            }
        } catch is CancellationError {
            report { $0.result = "stopped" }
        } catch {
            report { $0.result = "error: \(error)" }
        }
        for listener in currentAdvance.map({ Array($0.listeners.values) }) ?? [] { listener.finish() }
        currentAdvance = nil
    }

    private func report(_ change: (inout AdvanceProgress) -> Void) {
        guard var progress = currentAdvance?.progress else { return }
        change(&progress)
        currentAdvance?.progress = progress
        for listener in currentAdvance?.listeners.values ?? [:].values { listener.yield(progress) }
    }
}
