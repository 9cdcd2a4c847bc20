import Foundation
import Synchronization

/// One connection to a server under test: sends exactly the bytes it is told and reads response by response.
///
/// Everything that waits for the socket runs on a thread of its own, so that no test holds a thread that a handler needs.
final class RawClient: Sendable {
    enum Failure: Error { case noConnection, noBytesInTime, closed, reset, malformed(String) }

    private let descriptor: Int32
    /// Bytes received that belong to the next response.
    private let received = Mutex<ArraySlice<UInt8>>([])
    private let isOpen = Mutex(true)

    /// - Parameters:
    ///   - receiveBuffer: bytes that the kernel takes for a client that does not read; nil leaves it to the kernel.
    ///   - patience: the longest wait for a byte.
    init(port: Int, receiveBuffer: Int32? = nil, patience: Duration = .seconds(20)) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var wait = timeval(
            tv_sec: Int(patience.components.seconds), tv_usec: Int(patience.components.attoseconds / 1_000_000_000_000))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else {
            Foundation.close(descriptor)
            throw Failure.noConnection
        }
    }

    deinit { close() }

    /// Closes the connection as a process does that ends.
    func close() {
        let wasOpen = isOpen.withLock { open in
            defer { open = false }
            return open
        }
        if wasOpen { Foundation.close(descriptor) }
    }

    /// Says that no more bytes come, and still reads.
    func closeOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await Self.onItsOwnThread { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { throw Failure.reset }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// The next response.
    ///
    /// - Parameter hasBody: whether its headers announce a body that follows; false for the response to HEAD.
    func response(hasBody: Bool = true) async throws -> RawResponse {
        try await Self.onItsOwnThread { [self] in try readResponse(hasBody) }
    }

    /// The next responses, which have bodies.
    func responses(_ count: Int) async throws -> [RawResponse] {
        try await Self.onItsOwnThread { [self] in try (0..<count).map { _ in try readResponse(true) } }
    }

    /// Sends a request without a body and reads its response.
    func get(_ target: String, headers: String = "") async throws -> RawResponse {
        try await send("GET \(target) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n")
        return try await response()
    }

    /// Everything that comes until the server closes.
    func rest() async throws -> [UInt8] {
        try await Self.onItsOwnThread { [self] in
            while try receive() {}
            return received.withLock { bytes in
                defer { bytes = [] }
                return Array(bytes)
            }
        }
    }

    /// Whether the server closes the connection, by a reset or without sending anything more, before `patience` ends.
    func isClosedByServer() async -> Bool {
        do {
            return try await rest().isEmpty
        } catch Failure.reset {
            return true
        } catch {
            return false
        }
    }

    private func readResponse(_ hasBody: Bool) throws -> RawResponse {
        let head = String(decoding: try take(through: "\r\n\r\n"), as: UTF8.self)
        guard var response = RawResponse(head: head) else { throw Failure.malformed(head) }
        if !hasBody || response.status < 200 || response.status == 204 || response.status == 304 { return response }
        if response.header("transfer-encoding") == "chunked" {
            while true {
                let line = String(decoding: try take(through: "\r\n"), as: UTF8.self)
                guard let size = Int(line, radix: 16) else { throw Failure.malformed(line) }
                response.body += try take(size)
                guard try take(2) == [13, 10] else { throw Failure.malformed("the end of a chunk") }
                if size == 0 { return response }
            }
        }
        guard let length = response.header("content-length").flatMap({ Int($0) }) else { throw Failure.malformed(head) }
        response.body = try take(length)
        return response
    }

    /// The bytes before the mark, which is dropped.
    private func take(through mark: String) throws -> [UInt8] {
        let mark = Array(mark.utf8)
        while true {
            let found = received.withLock { bytes -> [UInt8]? in
                guard let range = bytes.firstRange(of: mark) else { return nil }
                defer { bytes = bytes[range.upperBound...] }
                return Array(bytes[..<range.lowerBound])
            }
            if let found { return found }
            guard try receive() else { throw Failure.closed }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while received.withLock({ $0.count }) < count {
            guard try receive() else { throw Failure.closed }
        }
        return received.withLock { bytes in
            defer { bytes.removeFirst(count) }
            return Array(bytes.prefix(count))
        }
    }

    /// Reads what has come; false at the end.
    private func receive() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count >= 0 else { throw errno == EAGAIN ? Failure.noBytesInTime : Failure.reset }
        received.withLock { $0 += piece[..<count] }
        return count > 0
    }

    private static func onItsOwnThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }
}

/// A response as it came: names in lower case.
struct RawResponse: Sendable {
    let version: String
    let status: Int
    let headers: [(name: String, value: String)]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    init?(head: String) {
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        version = String(words[0])
        self.status = status
        headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (line[..<colon].lowercased(), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
        }
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
