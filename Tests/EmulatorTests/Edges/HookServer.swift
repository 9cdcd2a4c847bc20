import NIOCore
import NIOHTTP1
import NIOPosix

@testable import Emulator

/// A server of one route, for webhooks.
final class HookServer: Sendable {
    let port: Int
    private let channel: any Channel

    private init(_ channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    static func start(port: Int = 0, _ handle: @escaping @Sendable (APIRequest) async -> APIResponse) async throws -> HookServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(handle))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return HookServer(channel)
    }

    func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let handle: @Sendable (APIRequest) async -> APIResponse
        private var request = APIRequest(method: "", path: "", query: [:], headers: [:], body: [])

        init(_ handle: @escaping @Sendable (APIRequest) async -> APIResponse) { self.handle = handle }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = APIRequest(method: head.method.rawValue, path: head.uri, query: [:], headers: [:], body: [])
                for (name, value) in head.headers { request.headers[name.lowercased()] = value }
            case .body(let buffer): request.body += Array(buffer.readableBytesView)
            case .end:
                let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                let loop = context.eventLoop
                Task { [request, handle] in
                    let answer = await handle(request)
                    loop.execute {
                        let (handler, context) = bound.value
                        let head = HTTPResponseHead(
                            version: .http1_1, status: .init(statusCode: answer.status), headers: ["content-length": "0"])
                        context.write(handler.wrapOutboundOut(.head(head)), promise: nil)
                        context.writeAndFlush(handler.wrapOutboundOut(.end(nil)), promise: nil)
                    }
                }
            }
        }
    }
}
