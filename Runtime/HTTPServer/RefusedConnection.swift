import NIOCore

/// A connection beyond the server's limit: it gets status 503, whatever it asks for, and is closed.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let response =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: Self.response)), promise: nil)
        context.closeOutput(thenAllAfter: ServerConnection.lingering)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension ChannelHandlerContext {
    /// Ends the output and leaves the client time to read it: closing while the client's bytes are unread would reset the connection and
    /// take away what was sent. The connection closes when the client ends its own output, or after the time.
    func closeOutput(thenAllAfter time: TimeAmount) {
        close(mode: .output, promise: nil)
        let channel = channel
        eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
