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

    /// Called first thing in the handler's task. False when the invocation has expired before: the handler must not run.
    func begin() -> Bool {
        withUnsafeCurrentTask { task in
            state.withLock { state in
                guard let task, case .waiting = state.phase else { return false }
                state.phase = .running(CancelHandle(task: task))
                if state.cancelled { task.cancel() }
                return true
            }
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

    /// Cancels the handler, or lets it begin cancelled.
    func cancel() {
        state.withLock { state in
            guard !state.cancelled else { return }
            state.cancelled = true
            if case .running(let handle) = state.phase { handle.task.cancel() }
        }
    }

    /// Takes the invocation away from its handler; false when the handler has just ended, or has not begun: then the loop reports the
    /// deadline, and no handler is stuck.
    func expire() -> Bool {
        state.withLock { state in
            switch state.phase {
            case .running:
                state.phase = .expired
                return true
            case .waiting:
                state.phase = .ended(.failure(.lateStart(context)))
                return false
            case .ended, .expired: return false
            }
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
