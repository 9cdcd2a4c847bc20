import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Interrupts and requests to end, as something to wait for instead of a death.
enum TerminationSignals {
    private static let received = Atomic<Int32>(0)

    /// From here on SIGINT, SIGTERM and SIGHUP do not end the process.
    static func install() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { TerminationSignals.received.store($0, ordering: .relaxed) }
        }
    }

    static var isReceived: Bool { received.load(ordering: .relaxed) != 0 }

    /// True within a tenth of a second of the first of them; false when the task is cancelled before.
    @discardableResult
    static func wait() async -> Bool {
        while !isReceived {
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return false }
        }
        return true
    }

    /// Ends the process as an interrupted one, after `cleaning`.
    static func whenInterrupted(_ cleaning: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        install()
        return Task {
            guard await wait() else { return }
            await cleaning()
            exit(130)
        }
    }
}
