import Foundation

/// Moves virtual time: with real time while running, from moment to moment while it is advanced.
actor VirtualClockDriver {
    /// Firings missed while the emulator was down are made up for when they are no older than this.
    static let catchUp: Int64 = 24 * 3600 * 1000

    private let clock: VirtualClock
    private let queue: EventQueue
    private let barrier: QuiescenceBarrier
    private let sources: [any TimedEventSource]
    private var ticking: Task<Void, Never>?
    private var advanceInProgress: ClockAdvance?
    private var isMoving = false
    private var movers: [CheckedContinuation<Void, Never>] = []

    /// An advance under way; who asks for the same target joins it.
    private struct ClockAdvance {
        let target: VirtualTime
        var listeners: [UUID: AsyncStream<AdvanceProgress>.Continuation] = [:]
        var last: AdvanceProgress
        var task: Task<Void, Never>?
    }

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
        advanceInProgress?.task?.cancel()
        await ticking?.value
    }

    var isAdvancing: Bool { advanceInProgress != nil }

    /// Fires what real time has made due; returns the milliseconds until it is worth looking again.
    private func tick() async -> Int64 {
        guard clock.state.mode == .running, advanceInProgress == nil else { return 200 }
        let now = clock.now
        var through = max(clock.state.time, now.adding(milliseconds: -Self.catchUp))
        do {
            while let fired = try await exclusively({ try await fire(after: through, upTo: now) }) { through = fired }
        } catch { return 1000 }
        await queue.release()
        let next = [await nextFiring(after: through), await queue.nextDue].compactMap { $0 }.min()
        return min(1000, max(1, (next?.milliseconds ?? .max / 2) - clock.now.milliseconds))
    }

    /// Fires the next moment of a running clock; nil when there is none yet, or time is not real time's to move.
    private func fire(after time: VirtualTime, upTo now: VirtualTime) async throws -> VirtualTime? {
        guard clock.state.mode == .running, advanceInProgress == nil, let next = await nextFiring(after: time), next <= now else {
            return nil
        }
        var state = clock.state
        state.time = next
        try await queue.move(to: state, events: await events(at: next))
        return next
    }

    /// Lets one mover at a time read the clock, ask the sources and write: whoever comes meanwhile sees what it left.
    private func exclusively<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        while isMoving { await withCheckedContinuation { movers.append($0) } }
        isMoving = true
        defer {
            isMoving = false
            for mover in movers { mover.resume() }
            movers = []
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
        for source in sources { events += await source.due(at: time) }
        return events
    }

    /// Sets the clock without firing anything in between.
    func set(_ state: ClockState) async throws {
        try await exclusively {
            if let advanceInProgress { throw AdvanceInProgressError(target: advanceInProgress.target) }
            try await queue.move(to: state, events: [])
        }
    }

    /// Starts to advance, or joins an advance to the same target, and reports until it has ended, whether anybody listens or not.
    func advance(to target: VirtualTime) throws -> AsyncStream<AdvanceProgress> {
        if let advanceInProgress, advanceInProgress.target != target { throw AdvanceInProgressError(target: advanceInProgress.target) }
        let (stream, continuation) = AsyncStream.makeStream(of: AdvanceProgress.self, bufferingPolicy: .bufferingNewest(64))
        let listener = UUID()
        if advanceInProgress == nil {
            let start = clock.now
            let progress = AdvanceProgress(time: start.description, target: target.description, moments: 0, events: 0, fraction: 0)
            advanceInProgress = ClockAdvance(target: target, last: progress)
            advanceInProgress?.task = Task { await runAdvance(from: start, to: target) }
        }
        advanceInProgress?.listeners[listener] = continuation
        continuation.onTermination = { _ in Task { await self.leave(listener) } }
        if let last = advanceInProgress?.last { continuation.yield(last) }
        return stream
    }

    private func leave(_ listener: UUID) { advanceInProgress?.listeners[listener] = nil }

    private func runAdvance(from start: VirtualTime, to target: VirtualTime) async {
        do {
            try await exclusively {
                if clock.state.mode == .running { try await queue.move(to: .held(at: clock.now), events: []) }
            }
            try await barrier.pass()
            while clock.now < target {
                try Task.checkCancellation()
                let now = clock.now
                let firing = await nextFiring(after: now)
                let due = await queue.nextDue.map { max($0, now.adding(milliseconds: 1)) }
                let next = min(target, firing ?? target, due ?? target)
                let events = next == firing ? await events(at: next) : []
                try await queue.move(to: .held(at: next), events: events)
                try await barrier.pass()
                tell {
                    $0.moments += 1
                    $0.events += events.count
                    $0.time = next.description
                    $0.fraction = Double(next.milliseconds - start.milliseconds) / Double(target.milliseconds - start.milliseconds)
                }
            }
            tell {
                $0.fraction = 1
                $0.result = "done"
            }
        } catch {
            tell { $0.result = "error: \(error)" }
        }
        for listener in advanceInProgress.map({ Array($0.listeners.values) }) ?? [] { listener.finish() }
        advanceInProgress = nil
    }

    private func tell(_ change: (inout AdvanceProgress) -> Void) {
        guard var last = advanceInProgress?.last else { return }
        change(&last)
        advanceInProgress?.last = last
        for listener in advanceInProgress?.listeners.values ?? [:].values { listener.yield(last) }
    }
}
