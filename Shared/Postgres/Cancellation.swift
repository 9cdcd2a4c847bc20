import CPostgres
import Glibc
import Threads

extension Connection {
    /// Requests the server to stop this connection's statement.
    ///
    /// `PQcancel` blocks without a limit, so it runs on a thread of its own. This call waits for it for at most 200 ms, because the request
    /// must be sent before a Lambda environment is frozen.
    borrowing func cancel() {
        guard let request = PQgetCancel(raw) else { return }
        let cancel = CancelRequest(request)
        guard Thread.start({ cancel.send() }) == 0 else { return }
        _ = CallDeadline(deadline: .now + .milliseconds(200), cancellation: nil).wait(for: cancel.done.descriptor, POLLIN)
    }
}

private final class CancelRequest: Sendable {
    /// `PGcancel *`, used by the one thread that sends it.
    private nonisolated(unsafe) let request: OpaquePointer
    let done = CancellationHandle()

    init(_ request: OpaquePointer) { self.request = request }
    deinit { PQfreeCancel(request) }

    func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = PQcancel(request, message.baseAddress, 256)
        }
        done.cancel()
    }
}
