import NIOCore

/// Tells a connection of every read before its bytes are parsed: a head that arrives in pieces is no part of a request yet.
final class ReadObserver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: ServerConnection

    init(_ connection: ServerConnection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.bytesArrived(unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }
}
