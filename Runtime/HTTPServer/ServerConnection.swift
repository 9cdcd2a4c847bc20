package import NIOCore
package import NIOHTTP1

/// One client connection, bound to its event loop: reads one request at a time, passes it to the handler and
/// writes its response.
package final class ServerConnection: ChannelInboundHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias OutboundOut = HTTPServerResponsePart

    /// Sends the response to one request, from any thread. Only the first response counts.
    package struct Responder: Sendable {
        fileprivate let connection: NIOLoopBound<ServerConnection>
        fileprivate let number: Int

        package func send(_ response: ServerResponse) {
            let send = { @Sendable in
                if connection.value.number == number { connection.value.send(response) }
            }
            let loop = connection.eventLoop
            if loop.inEventLoop { send() } else { loop.execute(send) }
        }
    }

    package let loop: any EventLoop
    /// Runs the tasks that produce this connection's responses, on its event loop.
    package let executor: EventLoopExecutor
    private let handler: ServerHandler
    private let connections: OpenConnections?
    private var context: ChannelHandlerContext?
    private var head: HTTPRequestHead?
    private var request: ServerRequest?
    private var bodyLimit = 0
    /// Counts requests whose response has begun.
    private var number = 0
    private var isAwaitingResponse = false
    private var isReceiving = false
    private var isClosing = false
    private var streaming: Task<Void, Never>?

    init(_ handler: ServerHandler, on loop: any EventLoop, connections: OpenConnections?) {
        self.handler = handler
        self.loop = loop
        self.connections = connections
        executor = EventLoopExecutor(loop)
    }

    package var responder: Responder { Responder(connection: NIOLoopBound(self, eventLoop: loop), number: number) }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connections?.add(self)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        number += 1
        streaming?.cancel()
        connections?.remove(self)
        handler.didClose(self)
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, context)
        case .body(let buffer):
            guard request != nil else { return }
            request?.bodySize += buffer.readableBytes
            if request?.bodySize ?? 0 <= bodyLimit {
                request?.body.append(contentsOf: buffer.readableBytesView)
            } else if !reject() {
                request?.body = []
            }
        case .end(let trailers):
            isReceiving = false
            guard var request else { return closeIfDone() }
            self.request = nil
            request.trailers = trailers.map(Self.fields) ?? []
            handler.handle(request, self)
        }
    }

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        self.head = head
        (isReceiving, isAwaitingResponse) = (true, true)
        let mark = head.uri.firstIndex(of: "?")
        let request = ServerRequest(
            method: head.method.rawValue, path: mark.map { String(head.uri[..<$0]) } ?? head.uri,
            query: mark.map { String(head.uri[head.uri.index(after: $0)...]) } ?? "", headers: Self.fields(head.headers),
            clientAddress: context.remoteAddress?.ipAddress ?? "127.0.0.1")
        bodyLimit = handler.bodyLimit(request.headers)
        self.request = request
        if request.header("content-length").flatMap({ Int($0) }) ?? 0 > bodyLimit, reject() { return }
        if request.header("expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
        }
    }

    /// Answers a body that is too long, if the handler has a response for it; the rest of the body is dropped.
    private func reject() -> Bool {
        guard let response = handler.tooLargeResponse else { return false }
        request = nil
        isClosing = true
        send(response)
        return true
    }

    private static func fields(_ headers: HTTPHeaders) -> [(name: String, value: String)] {
        headers.map { ($0.name.lowercased(), $0.value) }
    }

    /// Writes the response to the current request, on the event loop. Without such a request, or after its connection ended, nothing is written.
    package func send(_ response: ServerResponse) {
        guard let head, let context, isAwaitingResponse else { return }
        number += 1
        if !head.isKeepAlive { isClosing = true }
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        let hasNoBody = response.status == 204 || response.status == 304
        if case .bytes(let bytes) = response.body, !hasNoBody { headers.add(name: "content-length", value: String(bytes.count)) }
        if isClosing { headers.add(name: "connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: response.status)
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: status, headers: headers))), promise: nil)
        guard head.method != .HEAD, !hasNoBody else { return finish() }
        switch response.body {
        case .bytes(let bytes):
            if !bytes.isEmpty {
                context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: bytes)))), promise: nil)
            }
            finish()
        case .stream(let chunks):
            context.flush()
            stream(chunks)
        }
    }

    private func stream(_ chunks: AsyncStream<[UInt8]>) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        streaming = Task(executorPreference: executor) { [loop] in
            for await chunk in chunks {
                let written = loop.makePromise(of: Void.self)
                bound.value.write(chunk, written)
                guard (try? await written.futureResult.get()) != nil else { return }
            }
            bound.value.finish()
        }
    }

    private func write(_ chunk: [UInt8], _ promise: EventLoopPromise<Void>) {
        guard let context else { return promise.fail(ChannelError.ioOnClosedChannel) }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: chunk)))), promise: promise)
    }

    private func finish() {
        guard let context else { return }
        streaming = nil
        isAwaitingResponse = false
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { [self] _ in closeIfDone() }
        // A client that is still sending reads the response only if its connection stays open for a moment.
        if isClosing, isReceiving {
            loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in self?.context?.close(promise: nil) }
        }
    }

    private func closeIfDone() {
        if isClosing, !isReceiving, !isAwaitingResponse { context?.close(promise: nil) }
    }

    /// Closes the connection once the current request, if any, has its response.
    func closeWhenDone() {
        isClosing = true
        if !isAwaitingResponse { context?.close(promise: nil) }
    }
}
