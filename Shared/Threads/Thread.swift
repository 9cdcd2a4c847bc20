import Glibc

/// Threads outside Swift's cooperative pool, for calls that block.
package enum Thread {
    package typealias ID = UInt

    /// The calling thread.
    package static var current: ID { ID(pthread_self()) }

    /// Starts a detached thread. Signals that are not faults go to other threads.
    ///
    /// - Returns: zero, or the `errno` of a system that has no thread to give.
    package static func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
        let context = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                Thread.blockSignals()
                if let context { Unmanaged<Box<@Sendable () -> Void>>.fromOpaque(context).takeRetainedValue().value() }
                return nil
            }, context.toOpaque())
        if code == 0 { pthread_detach(thread) } else { context.release() }
        return code
    }

    /// All but the signals of a fault, which the faulting thread itself must get.
    private static func blockSignals() {
        var signals = sigset_t()
        sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&signals, fault) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
