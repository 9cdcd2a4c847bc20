import Synchronization
import Threads

/// A thread that cancels a handler at its cut-off and gives up on it at its expiry. Starts with the first invocation.
final class Watchdog: Sendable {
    private struct State {
        var running: RunningInvocation?
        var started = false
        /// When the thread looks again by itself; nil while it sleeps until a signal.
        var wake: Deadline?
        var closed = false
    }

    private let wake = WakeSignal()
    private let state = Mutex(State())
    private let expired: @Sendable (RunningInvocation) -> Void
    private let startThread: @Sendable (@escaping @Sendable () -> Void) -> Int32

    /// - Parameters:
    ///   - startThread: `Thread.start`, or what a test has in its place.
    ///   - expired: called on the watchdog's thread, once, for an invocation that was taken away from its handler.
    init(
        startThread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Int32 = { Thread.start($0) },
        expired: @escaping @Sendable (RunningInvocation) -> Void
    ) {
        self.startThread = startThread
        self.expired = expired
    }

    /// Watches one invocation instead of the one before. Wakes the thread only if it would look too late, which is rare.
    func watch(_ running: RunningInvocation) {
        let (mustStart, mustWake) = state.withLock { state in
            state.running = running
            defer { state.started = true }
            return (!state.started, state.started && (state.wake.map { running.context.cutOff < $0 } ?? true))
        }
        if mustStart {
            // Without a thread this invocation is not watched; the next one tries again.
            if startThread({ [self] in watchOver() }) != 0 { state.withLock { $0.started = false } }
        } else if mustWake {
            wake.send()
        }
    }

    func forget() { state.withLock { $0.running = nil } }

    func close() {
        state.withLock { $0.closed = true }
        wake.send()
    }

    private enum Step { case sleep(Deadline?), cancel(RunningInvocation), expire(RunningInvocation), stop }

    private func watchOver() {
        while true {
            switch step() {
            case .sleep(let deadline):
                wake.wait(untilEpochMilliseconds: deadline?.epochMilliseconds)
            case .cancel(let running):
                running.cancel()
                wake.wait(untilEpochMilliseconds: running.expiry.epochMilliseconds)
            case .expire(let running):
                guard running.expire() else { continue }
                expired(running)
                return
            case .stop:
                return
            }
        }
    }

    /// Reads the invocation and records the time of the next look under one lock, so that ``watch(_:)`` knows whether to send a signal.
    private func step() -> Step {
        state.withLock { state in
            if state.closed { return .stop }
            guard let running = state.running else {
                state.wake = nil
                return .sleep(nil)
            }
            if running.context.cutOff.remaining > .zero {
                state.wake = running.context.cutOff
                return .sleep(running.context.cutOff)
            } else if running.expiry.remaining > .zero {
                state.wake = running.expiry
                return .cancel(running)
            }
            state.running = nil
            return .expire(running)
        }
    }
}
