import Synchronization
import Threads

/// One invocation, shared by the loop, the handler's task and the watchdog: the first outcome counts.
final class RunningInvocation: Sendable {
    private enum Phase {
        case waiting, running(CancelHandle), ended(InvocationOutcome)
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
    private let wake: WakeSignal
    private let loopThread: Thread.ID
    private let state = Mutex(State())

    init(_ context: Context, expiry: Deadline, wake: WakeSignal) {
        self.context = context
        self.expiry = expiry
        self.wake = wake
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
    func end(_ result: Result<EncodedResponse, ErrorReport>) {
        state.withLock { state in
            guard case .running = state.phase else { return }
            switch result {
            case .success(let response): state.phase = .ended(.response(response))
            case .failure(let error): state.phase = .ended(.failure(state.cancelled ? .deadline(context, error) : error))
            }
        }
        if Thread.current != loopThread { wake.send() }
    }

    /// The outcome; nil while the handler runs or its expiry is being reported.
    var outcome: InvocationOutcome? {
        state.withLock { if case .ended(let outcome) = $0.phase { outcome } else { nil } }
    }

    func cancel() {
        state.withLock { state in
            guard case .running(let handle) = state.phase, !state.cancelled else { return }
            state.cancelled = true
            handle.task.cancel()
        }
    }

    /// Takes the invocation away from its handler; false when the handler has just ended.
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
        wake.send()
    }

    /// Runs the handler on the loop's thread, which must be the calling one, until there is an outcome.
    func wait(_ executor: LoopExecutor) -> InvocationOutcome {
        while true {
            executor.runReady()
            if let outcome { return outcome }
            wake.wait()
        }
    }
}

/// Sendable because a task may be cancelled from any thread, and ``RunningInvocation`` uses it only under its lock while the task cannot have ended.
private struct CancelHandle: @unchecked Sendable {
    let task: UnsafeCurrentTask
}
