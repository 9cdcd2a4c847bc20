import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Receives SIGINT, SIGTERM and SIGHUP, so that a command can clean up before it ends.
enum TerminationSignals {
    /// The exit code of a command that a signal has ended.
    static let exitCode: Int32 = 130

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

    /// Runs `work`. After a signal, `work` is cancelled, `cleanUp` runs, and the process exits with code 130, whatever `work` has come to.
    ///
    /// - Throws: the error of `work`.
    static func interruptible<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value, cleanUp: @escaping @Sendable () async -> Void
    ) async throws -> Value {
        install()
        let working = Task { try await work() }
        let watching = Task {
            guard await wait() else { return }
            working.cancel()
            Console.message("\nInterrupted.")
            await cleanUp()
            exit(exitCode)
        }
        let result = await working.result
        if isReceived { await watching.value }
        watching.cancel()
        return try result.get()
    }
}
