import Glibc

/// Lets any thread wake one thread that sleeps outside Swift's pool. Signals are counted, so none is lost.
package final class WakeSignal: Sendable {
    // Safe: a POSIX semaphore is made to be used from several threads, and the pointer never changes.
    nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

    package init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
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
        var limit = timespec(tv_sec: Int(epochMilliseconds / 1000), tv_nsec: Int(epochMilliseconds % 1000) * 1_000_000)
        sem_timedwait(semaphore, &limit)
    }
}
