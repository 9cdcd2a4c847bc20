import NIOCore
import NIOHTTP1

/// One client connection: collects a request, has it answered, writes the answer. Requests come one at a time.
final class GatewayConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of a request's body that HTTP APIs take.
    static let bodyLimit = 10 << 20

    private let routes: RouteMatcher
    private let responder: GatewayResponder
    private let executor: LoopTaskExecutor
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isTooLarge = false
    /// Counts answers, so that a late one finds out that the time limit has answered before it.
    private var turn = 0

    init(_ routes: RouteMatcher, _ responder: GatewayResponder, on loop: any EventLoop) {
        self.routes = routes
        self.responder = responder
        executor = LoopTaskExecutor(loop)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.removeAll(keepingCapacity: true)
            let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            isTooLarge = length > Self.bodyLimit
            if isTooLarge {
                refuse(context)
            } else if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
            }
        case .body(let buffer):
            guard !isTooLarge else { return }
            isTooLarge = body.count + buffer.readableBytes > Self.bodyLimit
            if isTooLarge { refuse(context) } else { body.append(contentsOf: buffer.readableBytesView) }
        case .end:
            guard let head, !isTooLarge else { return }
            answer(head, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let mark = head.uri.firstIndex(of: "?")
        let path = mark.map { String(head.uri[..<$0]) } ?? head.uri
        let request = GatewayRequest(
            method: head.method.rawValue, path: path, query: mark.map { String(head.uri[head.uri.index(after: $0)...]) } ?? "",
            headers: head.headers.map { ($0.name.lowercased(), $0.value) }, body: body,
            sourceIP: context.remoteAddress?.ipAddress ?? "127.0.0.1")
        guard let match = routes.match(method: request.method, path: path) else {
            write(.notFound, head, context)
            return
        }
        let turn = turn
        let loop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: loop)
        let limit = loop.scheduleTask(in: .milliseconds(Int64(match.route.timeout * 1000))) {
            let (connection, context) = bound.value
            if connection.turn == turn { connection.write(.unavailable, head, context) }
        }
        Task(executorPreference: executor) { [responder] in
            let response = await responder.respond(to: request, match)
            limit.cancel()
            let (connection, context) = bound.value
            if connection.turn == turn { connection.write(response, head, context) }
        }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        guard var head else { return }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        write(.tooLarge, head, context)
    }

    private func write(_ response: GatewayResponse, _ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        turn += 1
        guard context.channel.isActive else { return }
        var headers = HTTPHeaders()
        for header in response.headers { headers.add(name: header.name, value: header.value) }
        let hasNoBody = response.status == 204 || response.status == 304
        if !hasNoBody { headers.add(name: "content-length", value: String(response.body.count)) }
        if !request.isKeepAlive { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: request.version, status: .init(statusCode: response.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD, !hasNoBody, !response.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: response.body)))), promise: nil)
        }
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !request.isKeepAlive { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }
}
