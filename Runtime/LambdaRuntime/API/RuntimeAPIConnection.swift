import Formats
import Glibc

/// One keep-alive connection to the Runtime API over a plain socket. Every call blocks its thread.
struct RuntimeAPIConnection: ~Copyable {
    private static let connectSeconds = 2
    private static let sendSeconds = 30

    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    /// Whether an exchange has succeeded on it, so that a failure may only mean that the peer closed it meanwhile.
    private(set) var isReused = false

    private init(adopting descriptor: Int32) {
        self.descriptor = descriptor
        buffer = .allocate(byteCount: 1 << 16, alignment: 16)
    }

    deinit {
        buffer.deallocate()
        close(descriptor)
    }

    static func open(_ address: RuntimeAddress) throws(NetworkError) -> RuntimeAPIConnection {
        let target = try SocketAddress.resolve(address)
        let descriptor = socket(target.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .errno(errno) }
        let connection = RuntimeAPIConnection(adopting: descriptor)
        connection.set(Int32(truncatingIfNeeded: IPPROTO_TCP), TCP_NODELAY, Int32(1))
        connection.set(SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: connectSeconds, tv_usec: 0))
        try target.connect(descriptor)
        connection.set(SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: sendSeconds, tv_usec: 0))
        return connection
    }

    /// Sends a request and reads its response.
    ///
    /// - Parameter patience: how long to wait for each piece of the response; `nil` waits for ever, because the environment may be frozen
    ///   for longer than any time-out.
    mutating func exchange(_ request: [UInt8], patience: Duration?) throws(NetworkError) -> RuntimeAPIResponse {
        try send(request)
        var parser = RuntimeAPIResponseParser()
        while true {
            if let patience { try waitForInput(patience) }
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                guard try parser.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { continue }
                break
            } else if count == 0 {
                try parser.closed()
                break
            } else if errno != EINTR {
                throw .errno(errno)
            }
        }
        isReused = true
        return parser.response
    }

    private func send(_ bytes: [UInt8]) throws(NetworkError) {
        let flags = Int32(truncatingIfNeeded: MSG_NOSIGNAL)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent, flags) }
            if count >= 0 {
                sent += count
            } else if errno != EINTR {
                throw .errno(errno)
            }
        }
    }

    private func waitForInput(_ patience: Duration) throws(NetworkError) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let limit = ContinuousClock.now + patience
        while true {
            let left = max(0, (limit - .now).wholeMilliseconds)
            let ready = poll(&entry, 1, Int32(clamping: left))
            if ready > 0 { return }
            if ready == 0 { throw .timedOut }
            guard errno == EINTR else { throw .errno(errno) }
        }
    }

    private func set<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, _ value: Value) {
        _ = withUnsafeBytes(of: value) { setsockopt(descriptor, level, option, $0.baseAddress, socklen_t(truncatingIfNeeded: $0.count)) }
    }
}
