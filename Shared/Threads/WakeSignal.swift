import Glibc

/// Lets any thread wake one thread that sleeps outside Swift's pool. Signals are counted, so none is lost.
package final class WakeSignal: Sendable {
    // Safe: a POSIX semaphore is made to be used from several threads, and the pointer never changes.
    nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

    package init() {
        semaphore = .allocate(capacity: 1)
        guard sem_init(semaphore, 0, 0) == 0 else { fatalError("the system has no semaphore to give: \(String(cString: strerror(errno)))") }
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    package func send() { sem_post(semaphore) }

    /// Blocks until the next signal or a moment of the wall clock. May return early.
    ///
    /// - Parameter epochMilliseconds: since 1970; nil waits for ever.
    package func wait(untilEpochMilliseconds epochMilliseconds: Int64? = nil) {
        guard let epochMilliseconds else {
            sem_wait(semaphore)
            return
        }
        // `sem_timedwait` refuses a negative part of a second.
        let (seconds, milliseconds) = max(0, epochMilliseconds).quotientAndRemainder(dividingBy: 1000)
        var limit = timespec(tv_sec: Int(seconds), tv_nsec: Int(milliseconds) * 1_000_000)
        sem_timedwait(semaphore, &limit)
    }
}
