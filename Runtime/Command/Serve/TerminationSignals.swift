import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Receives SIGINT, SIGTERM and SIGHUP, so that a command can clean up before it ends.
enum TerminationSignals {
    private static let received = Atomic<Int32>(0)

    /// From now on the signals are recorded and do not end the process.
    static func install() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { TerminationSignals.received.store($0, ordering: .relaxed) }
        }
    }

    static var isReceived: Bool { received.load(ordering: .relaxed) != 0 }

    /// Waits for the first signal, polling every 100 ms. Returns false when the task is cancelled before.
    @discardableResult
    static func wait() async -> Bool {
        while !isReceived {
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return false }
        }
        return true
    }

    /// After a signal, runs `cleanUp` and exits with code 130.
    static func whenInterrupted(_ cleanUp: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        install()
        return Task {
            guard await wait() else { return }
            await cleanUp()
            exit(130)
        }
    }
}
