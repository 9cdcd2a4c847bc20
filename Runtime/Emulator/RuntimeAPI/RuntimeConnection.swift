import NIOCore
import NIOHTTP1

/// One HTTP connection of a function process to its environment's Runtime API.
final class RuntimeConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let environment: Environment
    private var call: RuntimeCall?
    private var context: ChannelHandlerContext?

    init(_ environment: Environment) { self.environment = environment }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): call = RuntimeCall(head, allocator: context.channel.allocator)
        case .body(var part): call?.append(&part)
        case .end(let trailers):
            guard var call else { return }
            self.call = nil
            call.trailers = trailers
            environment.received(call, on: self)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        environment.closed(self)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func reply(_ status: HTTPResponseStatus, headers: [(String, String)] = [], body: ByteBuffer) {
        guard let context else { return }
        var fields = HTTPHeaders([("Content-Type", "application/json"), ("Content-Length", String(body.readableBytes))])
        fields.add(contentsOf: headers)
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: fields))), promise: nil)
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func reply(_ status: HTTPResponseStatus, headers: [(String, String)] = [], text: String) {
        reply(status, headers: headers, body: ByteBuffer(string: text))
    }

    /// Lambda's acknowledgement of a response or an error.
    func accept() { reply(.accepted, body: Self.accepted) }

    func refuse(_ status: HTTPResponseStatus, _ type: String, _ message: String) {
        reply(status, text: #"{"errorMessage":"\#(message)","errorType":"\#(type)"}"#)
    }

    private static let accepted = ByteBuffer(string: "{\"status\":\"OK\"}\n")
}
