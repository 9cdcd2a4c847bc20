import CPostgres
import Glibc

/// The moment at which one call to the server must end, and a handle by which another thread ends it earlier.
struct CallDeadline: Sendable {
    let deadline: ContinuousClock.Instant
    let cancellation: CancellationHandle?

    enum End { case ready, deadline, cancelled }

    /// Waits until `socket` is ready for `events` (of `poll`), the deadline passes or the call is cancelled.
    func wait(for socket: Int32, _ events: Int32) -> End {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return .deadline }
            let (seconds, attoseconds) = left.components
            let milliseconds = Int32(clamping: min(seconds, 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
            var watched = [
                pollfd(fd: socket, events: Int16(events), revents: 0),
                pollfd(fd: cancellation?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&watched, 2, milliseconds)
            if watched[1].revents != 0 { return .cancelled }
            // A `poll` that failed for another reason than a signal would fail again at once: libpq reports what is wrong with the socket.
            if count > 0 || count < 0 && errno != EINTR { return .ready }
        }
    }

    func capped(to duration: Duration) -> CallDeadline {
        CallDeadline(deadline: min(deadline, .now + duration), cancellation: cancellation)
    }
}

/// Ends the wait of a call from any thread: an event descriptor that the call polls beside its socket.
final class CancellationHandle: Sendable {
    /// -1 when the process is out of descriptors: the call then ends at its deadline only.
    let descriptor = eventfd_shim_open()

    func cancel() { eventfd_shim_signal(descriptor) }
    deinit { close(descriptor) }
}
