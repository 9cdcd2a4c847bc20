import NIOCore

/// The open connections of one server, all on one event loop.
final class OpenConnections {
    private let limits: ServerLimits
    private let loop: any EventLoop
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    /// Made by `stop` and kept once the last connection has closed.
    private var allClosed: EventLoopPromise<Void>?

    init(_ limits: ServerLimits, on loop: any EventLoop) {
        self.limits = limits
        self.loop = loop
    }

    /// Whether one more connection may be added.
    var hasRoom: Bool { allClosed == nil && connections.count < limits.connections }

    func add(_ connection: ServerConnection) { connections[ObjectIdentifier(connection)] = connection }

    func remove(_ connection: ServerConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        if connections.isEmpty { allClosed?.succeed() }
    }

    /// Closes connections whose clients have been silent for too long, from time to time. Ends with the first call of `stop`.
    func watch() {
        let interval = TimeAmount(max(min(limits.idle, limits.request, limits.response) / 8, .milliseconds(10)))
        loop.assumeIsolated().scheduleTask(in: interval) { [weak self] in
            guard let self, allClosed == nil else { return }
            let now = NIODeadline.now()
            for connection in Array(connections.values) { connection.closeIfSilent(at: now, limits) }
            watch()
        }
    }

    /// Closes each connection once it has its response, and what is then open at the end of the grace period.
    func stop(grace: Duration) -> EventLoopFuture<Void> {
        if let allClosed { return allClosed.futureResult }
        let allClosed = loop.makePromise(of: Void.self)
        self.allClosed = allClosed
        for connection in Array(connections.values) { connection.closeWhenDone() }
        if connections.isEmpty { allClosed.succeed() }
        loop.assumeIsolated().scheduleTask(in: TimeAmount(grace)) { [self] in
            for connection in Array(connections.values) { connection.close() }
        }
        return allClosed.futureResult
    }
}
