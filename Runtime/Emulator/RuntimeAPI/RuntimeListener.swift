import NIOCore
import NIOHTTP1
import NIOPosix

/// Opens the loopback port that one environment's processes call.
enum RuntimeListener {
    /// All connections live on `loop`, like the environment itself.
    static func open(for environment: Environment, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound(environment, eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 64)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(HTTPResponseEncoder())
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try pipeline.addHandler(RuntimeConnection(bound.value))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
    }
}
