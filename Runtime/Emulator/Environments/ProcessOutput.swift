@preconcurrency import Dispatch
import Glibc
import NIOCore

/// Reads the output of a function process on the event loop and passes it on.
final class ProcessOutput {
    private let descriptor: CInt
    private let source: any DispatchSourceRead
    private var isOpen = true
    private let receive: (ByteBufferView) -> Void

    private static let queue = DispatchQueue(label: "function output")

    /// - Parameter descriptor: the non-blocking read end of a pipe, closed after its end or `close`.
    init(descriptor: CInt, on loop: any EventLoop, receive: @escaping (ByteBufferView) -> Void) {
        self.descriptor = descriptor
        self.receive = receive
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: Self.queue)
        let output = NIOLoopBound(self, eventLoop: loop)
        source.setEventHandler { [source] in
            // The source would fire repeatedly until the loop has read.
            source.suspend()
            loop.execute {
                output.value.drain()
                source.resume()
            }
        }
        source.setCancelHandler { Glibc.close(descriptor) }
        source.activate()
    }

    /// Returns when no event of a closed output is under way. What such an event asks of its event loop is then in the loop's queue.
    static func waitForEvents() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }

    /// Stops reading, even if a process still has the pipe open.
    func close() {
        guard isOpen else { return }
        isOpen = false
        source.cancel()
    }

    /// Reads the bytes that are in the pipe now, so that lines printed before a response belong to its invocation.
    /// Reads at most 128 KB, so that a process that prints without end does not block the event loop.
    func drain() {
        for _ in 0..<8 where isOpen {
            var chunk = ByteBuffer()
            var count = 0
            chunk.writeWithUnsafeMutableBytes(minimumWritableBytes: 16384) {
                count = read(descriptor, $0.baseAddress, $0.count)
                return max(0, count)
            }
            if count > 0 { receive(chunk.readableBytesView) }
            if count == 0 { close() }
            guard count > 0 else { return }
        }
    }
}
