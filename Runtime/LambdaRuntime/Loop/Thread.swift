import Glibc

/// Threads of our own, outside Swift's pool.
enum Thread {
    typealias ID = UInt

    static var current: ID { ID(pthread_self()) }

    /// Starts a detached thread; false when the system has none to give.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let context = Unmanaged.passRetained(Shared(body)).toOpaque()
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Shared<@Sendable () -> Void>>.fromOpaque(context).takeRetainedValue().value() }
                return nil
            }, context)
        guard result == 0 else {
            Unmanaged<Shared<@Sendable () -> Void>>.fromOpaque(context).release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
