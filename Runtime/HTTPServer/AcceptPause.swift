import NIOCore

/// Stops accepting for a moment after an error. A process without a free descriptor would try again at once and without end:
/// `AcceptBackoffHandler` delays the next read but leaves the port among the events that wake the event loop.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let length = TimeAmount.milliseconds(100)

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let channel = context.channel
        // Setting fails only on a closed port.
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.scheduleTask(in: Self.length) { try? channel.syncOptions?.setOption(.autoRead, value: true) }
    }
}
