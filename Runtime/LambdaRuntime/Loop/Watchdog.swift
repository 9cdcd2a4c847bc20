import Synchronization

/// A thread that cancels a handler at its cut-off and gives up on it at its expiry. Starts with the first invocation.
final class Watchdog: Sendable {
    private struct State {
        var turn: Turn?
        var started = false
        /// When the thread looks up again by itself; `nil` while it sleeps until it is rung.
        var wake: Deadline?
        var closed = false
    }

    private let bell = Bell()
    private let state = Mutex(State())
    private let expired: @Sendable (Turn) -> Void

    /// - Parameter expired: called on the watchdog's thread, once, for a turn that was taken away from its handler.
    init(expired: @escaping @Sendable (Turn) -> Void) { self.expired = expired }

    /// Watches one turn; the one before is forgotten. Rings the thread only when it would wake too late, so rarely.
    func watch(_ turn: Turn) {
        let (start, ring) = state.withLock { state in
            state.turn = turn
            defer { state.started = true }
            return (!state.started, state.started && (state.wake.map { turn.context.cutOff < $0 } ?? true))
        }
        if start {
            _ = Thread.start { [self] in watchOver() }
        } else if ring {
            bell.ring()
        }
    }

    func forget() { state.withLock { $0.turn = nil } }

    func close() {
        state.withLock { $0.closed = true }
        bell.ring()
    }

    private enum Step { case sleep(Deadline?), cancel(Turn), expire(Turn), stop }

    private func watchOver() {
        while true {
            switch step() {
            case .sleep(let deadline):
                bell.wait(until: deadline)
            case .cancel(let turn):
                turn.cancel()
                bell.wait(until: turn.expiry)
            case .expire(let turn):
                guard turn.expire() else { continue }
                expired(turn)
                return
            case .stop:
                return
            }
        }
    }

    /// Looks at the turn and notes the time of the next look in one go, so that ``watch(_:)`` knows whether to ring.
    private func step() -> Step {
        state.withLock { state in
            if state.closed { return .stop }
            guard let turn = state.turn else {
                state.wake = nil
                return .sleep(nil)
            }
            if turn.context.cutOff.remaining > .zero {
                state.wake = turn.context.cutOff
                return .sleep(turn.context.cutOff)
            } else if turn.expiry.remaining > .zero {
                state.wake = turn.expiry
                return .cancel(turn)
            }
            state.turn = nil
            return .expire(turn)
        }
    }
}
