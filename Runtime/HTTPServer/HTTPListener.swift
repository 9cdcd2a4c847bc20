package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Serves HTTP/1.1 on one port: keep-alive, body limits, streamed responses, 400 for malformed requests.
package struct HTTPListener: Sendable {
    package let port: Int
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup
    private let connections: OpenConnections

    /// Opens the port (0: any free one) and serves until `stop`.
    package static func start(
        host: String = "127.0.0.1", port: Int, threads: Int = 1, handler: ServerHandler
    ) async throws(HTTPListenerError) -> HTTPListener {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let connections = OpenConnections()
        do {
            let channel = try await bind(host: host, port: port, on: group, connections: connections, handler: handler).get()
            return HTTPListener(port: channel.localAddress?.port ?? 0, channel: channel, group: group, connections: connections)
        } catch {
            try? await group.shutdownGracefully()
            throw HTTPListenerError(description: "cannot listen on \(host):\(port): \(error)")
        }
    }

    /// Opens a loopback port whose connections all live on one event loop. The caller closes the channel.
    package static func bind(on loop: any EventLoop, handler: ServerHandler) -> EventLoopFuture<any Channel> {
        bind(host: "127.0.0.1", port: 0, on: loop, connections: nil, handler: handler)
    }

    private static func bind(
        host: String, port: Int, on group: any EventLoopGroup, connections: OpenConnections?, handler: ServerHandler
    ) -> EventLoopFuture<any Channel> {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                    try pipeline.addHandler(ServerConnection(handler, on: channel.eventLoop, connections: connections))
                }
            }
            .bind(host: host, port: port)
    }

    /// Closes the port at once and idle connections with it; responses under way have until the end of the grace period.
    package func stop(grace: Duration = .seconds(1)) async {
        try? await channel.close()
        connections.closeWhenDone()
        let deadline = ContinuousClock.now + grace
        while !connections.isEmpty, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(5)) }
        try? await group.shutdownGracefully()
    }
}

/// The port of a server could not be opened.
package struct HTTPListenerError: Error, CustomStringConvertible {
    package let description: String
}

/// The open connections of one server, on all its event loops.
final class OpenConnections: Sendable {
    private let connections = Mutex<[ObjectIdentifier: NIOLoopBound<ServerConnection>]>([:])

    var isEmpty: Bool { connections.withLock { $0.isEmpty } }

    func add(_ connection: ServerConnection) {
        let bound = NIOLoopBound(connection, eventLoop: connection.loop)
        connections.withLock { $0[ObjectIdentifier(connection)] = bound }
    }

    func remove(_ connection: ServerConnection) { _ = connections.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) } }

    func closeWhenDone() {
        for bound in connections.withLock({ Array($0.values) }) { bound.eventLoop.execute { bound.value.closeWhenDone() } }
    }
}
