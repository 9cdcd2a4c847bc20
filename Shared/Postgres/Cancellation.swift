import CPostgres
import Glibc

extension Connection {
    /// Asks the server to stop what it is doing for this connection. `PQcancel` blocks without a limit, so it has its own thread;
    /// this waits for it briefly, so that an environment that is frozen right after has sent it.
    borrowing func cancel() {
        guard let request = PQgetCancel(raw) else { return }
        let order = CancelOrder(request)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<CancelOrder>.fromOpaque(context).takeRetainedValue().carryOut()
                return nil
            }, Unmanaged.passRetained(order).toOpaque())
        guard code == 0 else { return Unmanaged.passUnretained(order).release() }
        pthread_detach(thread)
        _ = Limit(deadline: .now + .milliseconds(200), interrupt: nil).wait(for: order.done.signal, POLLIN)
    }
}

private final class CancelOrder: Sendable {
    /// `PGcancel *`, used by the one thread that carries the order out.
    private nonisolated(unsafe) let request: OpaquePointer
    let done = Interrupt()

    init(_ request: OpaquePointer) { self.request = request }
    deinit { PQfreeCancel(request) }

    func carryOut() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = PQcancel(request, message.baseAddress, 256)
        }
        done.raise()
    }
}
