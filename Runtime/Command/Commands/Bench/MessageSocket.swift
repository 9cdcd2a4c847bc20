import Glibc

/// A loopback connection that exchanges complete HTTP/1.1 messages and blocks its thread, at little CPU time.
struct MessageSocket: ~Copyable {
    private let descriptor: CInt
    private let buffer: UnsafeMutableRawPointer
    private var filled = 0

    /// Bytes of the longest message.
    private static let capacity = 1 << 20

    private init(adopting descriptor: CInt) {
        self.descriptor = descriptor
        buffer = .allocate(byteCount: Self.capacity, alignment: 16)
        var one: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        buffer.deallocate()
        close(descriptor)
    }

    static func connect(port: Int) throws(CommandError) -> MessageSocket {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw CommandError("no socket: \(String(cString: strerror(errno)))") }
        let connection = MessageSocket(adopting: descriptor)
        var address = loopback(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw CommandError("no connection to port \(port): \(String(cString: strerror(errno)))") }
        return connection
    }

    /// The next connection to a port that `MessageListener` opened.
    fileprivate static func accept(_ listener: CInt) throws(CommandError) -> MessageSocket {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { throw CommandError("no connection within 30 s") }
        return MessageSocket(adopting: descriptor)
    }

    func send(_ message: [UInt8]) throws(CommandError) {
        var sent = 0
        while sent < message.count {
            let count = message.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw CommandError("the peer closed the connection") }
            sent += count
        }
    }

    /// Reads one message, whose body has a Content-Length or is empty, and returns its head.
    mutating func receive() throws(CommandError) -> String {
        filled = 0
        var head: String?
        var length = Int.max
        while filled < length {
            guard filled < Self.capacity else { throw CommandError("a message is longer than \(Self.capacity) bytes") }
            let count = recv(descriptor, buffer + filled, Self.capacity - filled, 0)
            guard count > 0 else { throw CommandError("the peer closed the connection") }
            filled += count
            if head == nil, let found = headLength() {
                let text = String(decoding: UnsafeRawBufferPointer(start: buffer, count: found), as: UTF8.self)
                head = text
                length = found + MessageSocket.contentLength(text)
            }
        }
        return head ?? ""
    }

    private func headLength() -> Int? {
        let bytes = UnsafeRawBufferPointer(start: buffer, count: filled)
        return bytes.indices.first { bytes[$0] == 0x0a && $0 >= 3 && bytes[$0 - 2] == 0x0a && bytes[$0 - 1] == 0x0d }.map { $0 + 1 }
    }

    private static func contentLength(_ head: String) -> Int {
        for line in head.utf8.split(separator: UInt8(ascii: "\n")) {
            let text = Substring(line).lowercased()
            if text.hasPrefix("content-length:") { return Int(text.dropFirst(15).filter(\.isNumber)) ?? 0 }
        }
        return 0
    }

    fileprivate static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}

/// A free loopback port that waits for one connection at a time.
struct MessageListener: ~Copyable {
    let port: Int
    private let descriptor: CInt

    private init(adopting descriptor: CInt, port: Int) {
        self.descriptor = descriptor
        self.port = port
    }

    deinit { close(descriptor) }

    static func open() throws(CommandError) -> MessageListener {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = MessageSocket.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(descriptor, name, length) | listen(descriptor, 8) | getsockname(descriptor, name, &length)
            }
        }
        guard descriptor >= 0, result == 0 else { throw CommandError("no loopback port: \(String(cString: strerror(errno)))") }
        return MessageListener(adopting: descriptor, port: Int(UInt16(bigEndian: address.sin_port)))
    }

    func accept() throws(CommandError) -> MessageSocket { try MessageSocket.accept(descriptor) }
}
