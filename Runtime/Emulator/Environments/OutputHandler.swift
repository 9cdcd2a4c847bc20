import Glibc
import NIOCore

/// Passes what a function process prints to its environment as it arrives.
final class OutputHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let descriptor: CInt
    private var isOpen = true
    private let receive: (ByteBufferView) -> Void

    init(descriptor: CInt, receive: @escaping (ByteBufferView) -> Void) {
        self.descriptor = descriptor
        self.receive = receive
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        receive(unwrapInboundIn(data).readableBytesView)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOpen = false
        context.fireChannelInactive()
    }

    /// Reads at once what is already in the pipe, so that lines printed before a response belong to its invocation.
    /// At most two pipes' capacity: a process that prints without end must not keep the event loop.
    func drain() {
        for _ in 0..<8 where isOpen {
            var chunk = ByteBuffer()
            let count = chunk.writeWithUnsafeMutableBytes(minimumWritableBytes: 16384) {
                max(0, read(descriptor, $0.baseAddress, $0.count))
            }
            guard count > 0 else { return }
            receive(chunk.readableBytesView)
        }
    }
}
