import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves one HTTP API on one machine as API Gateway does: routes, authorizers, payload 2.0, its limits and its answers.
package final class Gateway: Sendable {
    package let port: Int
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup

    private init(_ channel: any Channel, _ group: MultiThreadedEventLoopGroup) {
        self.channel = channel
        self.group = group
        port = channel.localAddress?.port ?? 0
    }

    /// Listens until `stop`.
    ///
    /// - Parameters:
    ///   - port: 0 takes any.
    ///   - now: Business time for `requestContext`; time limits and the authorizer's cache go by the real clock.
    package static func start(
        _ api: HTTPAPIDefinition, machine: any Invoking, host: String = "127.0.0.1", port: Int, threads: Int = 1,
        now: @escaping @Sendable () -> VirtualTime
    ) async throws(GatewayFailure) -> Gateway {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let routes = RouteMatcher(api.routes)
        let responder = GatewayResponder(api, machine: machine, now: now)
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 512)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                        try channel.pipeline.syncOperations.addHandler(GatewayConnection(routes, responder, on: channel.eventLoop))
                    }
                }
                .bind(host: host, port: port).get()
            return Gateway(channel, group)
        } catch {
            try? await group.shutdownGracefully()
            throw GatewayFailure(description: "cannot serve the HTTP API on \(host):\(port): \(error)")
        }
    }

    /// Closes the port and every connection; requests under way get no answer.
    package func stop() async {
        try? await channel.close()
        try? await group.shutdownGracefully()
    }
}

/// The gateway's port could not be opened.
package struct GatewayFailure: Error, Sendable, CustomStringConvertible {
    package let description: String
}
