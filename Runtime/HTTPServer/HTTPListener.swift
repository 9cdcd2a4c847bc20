package import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves HTTP/1.1 on one loopback port: keep-alive, pipelining, body limits, streamed responses, 400 for malformed requests.
package struct HTTPListener: Sendable {
    package let port: Int
    private let channel: any Channel
    private let connections: NIOLoopBound<OpenConnections>

    /// Opens the port (0: any free one) and serves until `stop`. A client that has ended its output still gets its response.
    package static func start(
        port: Int, limits: ServerLimits = ServerLimits(), handler: ServerHandler
    ) async throws(HTTPListenerError) -> HTTPListener {
        // The process's own event loops, which never end: a response that comes after `stop` still finds its loop.
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        do {
            let connections = try await loop.submit {
                let connections = OpenConnections(limits, on: loop)
                connections.watch()
                return NIOLoopBound(connections, eventLoop: loop)
            }.get()
            let channel = try await bind(port: port, on: loop, connections: connections, handler: handler).get()
            return HTTPListener(port: channel.localAddress?.port ?? 0, channel: channel, connections: connections)
        } catch {
            throw HTTPListenerError(description: "cannot listen on 127.0.0.1:\(port): \(error)")
        }
    }

    /// Opens a loopback port whose connections all live on one event loop and have no time limits. The end of a client's output ends
    /// its connection. The caller closes the channel.
    package static func bind(on loop: any EventLoop, handler: ServerHandler) -> EventLoopFuture<any Channel> {
        bind(port: 0, on: loop, connections: nil, handler: handler)
    }

    private static func bind(
        port: Int, on loop: any EventLoop, connections: NIOLoopBound<OpenConnections>?, handler: ServerHandler
    ) -> EventLoopFuture<any Channel> {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptPause()) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: connections != nil)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if connections?.value.hasRoom == false { return try pipeline.addHandler(RefusedConnection()) }
                    let connection = ServerConnection(handler, on: channel.eventLoop, connections: connections?.value)
                    try pipeline.addHandler(ReadObserver(connection))
                    var encoder = HTTPResponseEncoder.Configuration()
                    encoder.automaticallySetFramingHeaders = false
                    try pipeline.configureHTTPServerPipeline(
                        withErrorHandling: false, withOutboundHeaderValidation: false, withEncoderConfiguration: encoder)
                    try pipeline.addHandler(connection)
                }
            }
            .bind(host: "127.0.0.1", port: port)
    }

    /// Closes the port at once and idle connections with it; responses under way have until the end of the grace period.
    package func stop(grace: Duration = .seconds(1)) async {
        try? await channel.close()
        let connections = connections
        try? await connections.eventLoop.flatSubmit { connections.value.stop(grace: grace) }.get()
    }
}

/// The port of a server could not be opened.
package struct HTTPListenerError: Error, CustomStringConvertible {
    package let description: String
}
