import Glibc

/// Lets any thread wake one thread that waits outside Swift's pool. Rings are counted, so none is lost.
final class Bell: Sendable {
    // Safe: a POSIX semaphore is made to be used from several threads, and the pointer never changes.
    nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func ring() { sem_post(semaphore) }

    /// Blocks until the next ring or the deadline; `nil` waits for ever. May return early.
    func wait(until deadline: Deadline? = nil) {
        guard let milliseconds = deadline?.epochMilliseconds else {
            sem_wait(semaphore)
            return
        }
        var limit = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        sem_timedwait(semaphore, &limit)
    }
}
