import CPostgres
import Glibc

/// How long one call may wait, and the means to end it early from another thread.
struct Limit: Sendable {
    let deadline: ContinuousClock.Instant
    let interrupt: Interrupt?

    enum End { case ready, deadline, interrupted }

    /// Waits until `socket` is ready for `events` (of `poll`), the deadline comes or the call is interrupted.
    func wait(for socket: Int32, _ events: Int32) -> End {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return .deadline }
            let (seconds, attoseconds) = left.components
            let milliseconds = Int32(clamping: min(seconds, 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
            var watched = [
                pollfd(fd: socket, events: Int16(events), revents: 0),
                pollfd(fd: interrupt?.signal ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&watched, 2, milliseconds)
            if watched[1].revents != 0 { return .interrupted }
            if count > 0 { return .ready }
        }
    }

    func capped(to duration: Duration) -> Limit { Limit(deadline: min(deadline, .now + duration), interrupt: interrupt) }
}

/// Wakes the thread that waits in a call; an event descriptor, so that one `poll` watches it beside the socket.
final class Interrupt: Sendable {
    /// -1 when the process is out of descriptors: the call then ends at its deadline only.
    let signal = bell_open()

    func raise() { bell_ring(signal) }
    deinit { close(signal) }
}
