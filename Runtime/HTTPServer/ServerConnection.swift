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

    /// How long a connection whose last response is sent waits for its client to close.
    static let lingering = TimeAmount.seconds(1)
    /// Bytes of a response of which the client has to take one piece after the other in time.
    private static let pieceSize = 64 << 10

    package let loop: any EventLoop
    private let handler: ServerHandler
    private let connections: OpenConnections?
    private var activity = ClientActivity(at: .now())
    private var context: ChannelHandlerContext?
    private var head: HTTPRequestHead?
    private var request: ServerRequest?
    private var bodyLimit = 0
    /// Counts requests whose response has begun.
    private var number = 0
    /// A request's head has arrived, its end has not.
    private var isReceiving = false
    /// A request's head has arrived, its response has not begun.
    private var isAwaitingResponse = false
    /// Responses that have begun and that the client's connection has not accepted to their end.
    private var unsent = 0
    /// No further request is taken; the connection closes after the current one's response.
    private var isClosing = false
    /// The server stops: there is no time to wait for the client.
    private var isStopping = false
    /// All is sent; the client has a moment to close.
    private var isLingering = false
    private var streaming: Task<Void, Never>?

    init(_ handler: ServerHandler, on loop: any EventLoop, connections: OpenConnections?) {
        self.handler = handler
        self.loop = loop
        self.connections = connections
    }

    package var responder: Responder { Responder(connection: NIOLoopBound(self, eventLoop: loop), number: number) }

    /// Nothing is owed to the client.
    private var isIdle: Bool { !isAwaitingResponse && unsent == 0 }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connections?.add(self)
    }

    package func handlerRemoved(context: ChannelHandlerContext) { connections?.remove(self) }

    package func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        number += 1
        streaming?.cancel()
        handler.didClose(self)
        context.fireChannelInactive()
    }

    /// The client sends no more; it may still read.
    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            isClosing = true
            if isIdle { close() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            if !isClosing { close() }
            return
        }
        guard isAwaitingResponse || !isClosing else { return }
        if !isAwaitingResponse { head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/") }
        (isReceiving, isAwaitingResponse) = (true, true)
        if case .headerOverflow = error { refuse(ServerResponse(status: 431)) } else { refuse(ServerResponse(status: 400)) }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): if !isClosing { receive(head, context) }
        case .body(let buffer): receive(buffer)
        case .end(let trailers):
            guard isReceiving else { return }
            isReceiving = false
            guard var request else { return }
            self.request = nil
            activity.requestEnded()
            request.trailers = trailers.map(ServerRequest.fields) ?? []
            handler.handle(request, self)
        }
    }

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        self.head = head
        (isReceiving, isAwaitingResponse) = (true, true)
        activity.headEnded(at: .now())
        let request = ServerRequest(head, clientAddress: context.remoteAddress?.ipAddress ?? "127.0.0.1")
        bodyLimit = handler.bodyLimit(request.headers)
        if let response = handler.refusal(request) { return refuse(response) }
        self.request = request
        if request.header("content-length").flatMap({ Int($0) }) ?? 0 > bodyLimit, let response = handler.tooLargeResponse {
            return refuse(response)
        }
        if head.version != .http1_0, request.header("expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
        }
    }

    private func receive(_ buffer: ByteBuffer) {
        guard request != nil else { return }
        request?.bodySize += buffer.readableBytes
        if request?.bodySize ?? 0 <= bodyLimit {
            request?.body.append(contentsOf: buffer.readableBytesView)
        } else if let response = handler.tooLargeResponse {
            refuse(response)
        } else {
            request?.body = []
        }
    }

    /// Responds before the request has ended; the rest of it is dropped.
    private func refuse(_ response: ServerResponse) {
        request = nil
        isClosing = true
        send(response)
    }

    /// Writes the response to the current request, on the event loop. Without such a request, or after its connection ended, nothing is
    /// written.
    package func send(_ response: ServerResponse) {
        guard let head, let context, isAwaitingResponse else { return }
        isAwaitingResponse = false
        number += 1
        unsent += 1
        let framed = FramedResponse(response, to: head, closes: isClosing)
        if framed.closes { isClosing = true }
        let accepted = loop.makePromise(of: Void.self)
        // A failure means that the connection is closing.
        accepted.futureResult.assumeIsolated().whenSuccess { [self] in
            if case .stream(let chunks) = framed.body { stream(chunks) } else { end() }
        }
        if case .bytes(let bytes) = framed.body, !bytes.isEmpty {
            context.write(wrapOutboundOut(.head(framed.head)), promise: nil)
            // In pieces, so that a client that reads slowly differs from one that does not read.
            let body = context.channel.allocator.buffer(bytes: bytes)
            for start in stride(from: 0, to: bytes.count, by: Self.pieceSize) {
                let count = min(Self.pieceSize, bytes.count - start)
                guard let piece = body.getSlice(at: start, length: count) else { continue }
                let isLast = start + count == bytes.count
                let promise = isLast ? accepted : loop.makePromise(of: Void.self)
                track(promise)
                context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: promise)
            }
            context.flush()
        } else {
            track(accepted)
            context.writeAndFlush(wrapOutboundOut(.head(framed.head)), promise: accepted)
        }
    }

    /// Notes that bytes wait for the client until the promise succeeds.
    private func track(_ promise: EventLoopPromise<Void>) {
        activity.writeBegan(at: .now())
        promise.futureResult.assumeIsolated().whenSuccess { [self] in activity.writeAccepted(at: .now()) }
    }

    private func stream(_ chunks: AsyncStream<[UInt8]>) {
        guard context != nil else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        streaming = Task(executorPreference: EventLoopExecutor(loop)) { [loop] in
            for await chunk in chunks {
                let written = loop.makePromise(of: Void.self)
                bound.value.write(chunk, written)
                guard (try? await written.futureResult.get()) != nil else { return }
            }
            bound.value.end()
        }
    }

    private func write(_ chunk: [UInt8], _ promise: EventLoopPromise<Void>) {
        guard let context else { return promise.fail(ChannelError.ioOnClosedChannel) }
        track(promise)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: chunk)))), promise: promise)
    }

    /// Ends a response whose body the client's connection has accepted, which lets the next request in.
    private func end() {
        guard let context else { return }
        streaming = nil
        if !isReceiving { activity.responseEnded(at: .now()) }
        let ended = loop.makePromise(of: Void.self)
        track(ended)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: ended)
        ended.futureResult.assumeIsolated().whenSuccess { [self] in
            unsent -= 1
            if isClosing, isIdle { closeGently() }
        }
    }

    private func closeGently() {
        guard let context, !isLingering else { return }
        if isStopping, !isReceiving { return close() }
        isLingering = true
        context.closeOutput(thenAllAfter: Self.lingering)
    }

    func close() { context?.close(promise: nil) }

    /// Closes the connection once the current request, if any, has its response.
    func closeWhenDone() {
        (isClosing, isStopping) = (true, true)
        if isIdle { close() }
    }

    func bytesArrived(_ count: Int) { activity.bytesArrived(count, at: .now()) }

    func closeIfSilent(at now: NIODeadline, _ limits: ServerLimits) {
        if let deadline = activity.deadline(limits), deadline <= now { close() }
    }
}
