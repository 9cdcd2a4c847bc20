import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Interrupts and requests to end, as something to wait for instead of a death.
enum Terminations {
    private static let received = Atomic<Int32>(0)

    /// From here on SIGINT, SIGTERM and SIGHUP do not end the process.
    static func take() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { Terminations.received.store($0, ordering: .relaxed) }
        }
    }

    /// Returns within a tenth of a second of the first of them.
    static func wait() async {
        while received.load(ordering: .relaxed) == 0 {
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
