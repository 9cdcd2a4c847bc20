import Synchronization

/// One invocation as three threads see it: the loop, the handler's task and the watchdog. Whoever settles it first, answers.
final class Turn: Sendable {
    private enum Phase {
        case waiting, running(CancelHandle), ended(Outcome)
        /// The watchdog has taken over and is reporting.
        case expired
    }
    private struct State {
        var phase = Phase.waiting
        var cancelled = false
    }

    let context: Context
    /// When the watchdog gives up on the handler.
    let expiry: Deadline
    private let bell: Bell
    private let loopThread: Thread.ID
    private let state = Mutex(State())

    init(_ context: Context, expiry: Deadline, bell: Bell) {
        self.context = context
        self.expiry = expiry
        self.bell = bell
        loopThread = Thread.current
    }

    /// Called first thing in the handler's task.
    func begin() {
        withUnsafeCurrentTask { task in
            guard let task else { return }
            state.withLock { $0.phase = .running(CancelHandle(task: task)) }
        }
    }

    /// Called last thing in the handler's task.
    func end(_ result: Result<Answer, ErrorReport>) {
        state.withLock { state in
            guard case .running = state.phase else { return }
            switch result {
            case .success(let answer): state.phase = .ended(.answer(answer))
            case .failure(let error): state.phase = .ended(.failure(state.cancelled ? .deadline(context, error) : error))
            }
        }
        if Thread.current != loopThread { bell.ring() }
    }

    /// How it ended, or `nil` while the handler runs or its expiry is being reported.
    var outcome: Outcome? {
        state.withLock { if case .ended(let outcome) = $0.phase { outcome } else { nil } }
    }

    func cancel() {
        state.withLock { state in
            guard case .running(let handle) = state.phase, !state.cancelled else { return }
            state.cancelled = true
            handle.task.cancel()
        }
    }

    /// Takes the invocation away from its handler; false when that has just ended.
    func expire() -> Bool {
        state.withLock { state in
            guard case .running = state.phase else { return false }
            state.phase = .expired
            return true
        }
    }

    /// The watchdog has reported the expiry.
    func reported() {
        state.withLock { $0.phase = .ended(.stuck) }
        bell.ring()
    }

    /// Runs the handler on the loop's thread, which must be the calling one, until there is an outcome.
    func wait(_ executor: LoopExecutor) -> Outcome {
        while true {
            executor.runReady()
            if let outcome { return outcome }
            bell.wait()
        }
    }
}

/// Sendable because a task may be cancelled from any thread, and ``Turn`` uses it only under its lock while the task cannot have ended.
private struct CancelHandle: @unchecked Sendable {
    let task: UnsafeCurrentTask
}
