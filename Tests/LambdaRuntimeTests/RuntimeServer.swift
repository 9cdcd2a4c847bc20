import Foundation
import Glibc
import Synchronization

/// A Runtime API for tests: real sockets, one script entry for each poll, free to misbehave.
final class RuntimeServer: Sendable {
    /// One request as it came.
    struct Request: Sendable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
        var json: [String: Any]? { try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] }
    }

    /// What happens to one request.
    enum ScriptedResponse: Sendable {
        /// Bytes in pieces, with a pause of a millisecond between them when there are several.
        case bytes([[UInt8]])
        /// Bytes, after which the connection ends.
        case last([UInt8])
        /// The connection ends without a response.
        case drop
        /// The listening socket closes, then the connection.
        case goAway
    }

    let port: UInt16
    private let listener: Int32
    private let script: Mutex<[ScriptedResponse]>
    private let respond: @Sendable (Request) -> ScriptedResponse
    private let log = Mutex<[Request]>([])
    private let connections = Mutex(0)

    /// - Parameters:
    ///   - script: the responses to polls; when they are used up the server goes away, which ends the runtime.
    ///   - respond: the responses to all other requests.
    init(_ script: [ScriptedResponse], respond: @escaping @Sendable (Request) -> ScriptedResponse = { _ in .status(202) }) {
        self.script = Mutex(script)
        self.respond = respond
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { raw in
            raw.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, length)
                _ = getsockname(listener, $0, &length)
            }
        }
        listen(listener, 16)
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in accept() }
    }

    var requests: [Request] { log.withLock { $0 } }
    var posts: [Request] { requests.filter { $0.method == "POST" } }
    var connectionCount: Int { connections.withLock { $0 } }

    private func accept() {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            connections.withLock { $0 += 1 }
            Thread.detachNewThread { [self] in
                serve(descriptor)
                close(descriptor)
            }
        }
    }

    private func serve(_ descriptor: Int32) {
        var buffer: [UInt8] = []
        while let request = read(descriptor, &buffer) {
            log.withLock { $0.append(request) }
            let isPoll = request.path.hasSuffix("/invocation/next")
            let response = isPoll ? script.withLock { $0.isEmpty ? .goAway : $0.removeFirst() } : respond(request)
            switch response {
            case .bytes(let pieces):
                for piece in pieces {
                    _ = piece.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                    if pieces.count > 1 { usleep(300) }
                }
            case .last(let bytes):
                _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                return
            case .drop:
                return
            case .goAway:
                shutdown(listener, Int32(SHUT_RDWR))
                close(listener)
                return
            }
        }
    }

    private func read(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Request? {
        var piece = [UInt8](repeating: 0, count: 65536)
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                let parts = lines[0].split(separator: " ").map(String.init)
                let pairs = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) } }
                let headers = Dictionary(pairs.map { ($0[0].lowercased(), $0.count > 1 ? $0[1] : "") }) { $1 }
                let length = Int(headers["content-length"] ?? "0") ?? 0
                if buffer.count >= end.upperBound + length {
                    let body = Array(buffer[end.upperBound..<(end.upperBound + length)])
                    buffer.removeFirst(end.upperBound + length)
                    return Request(method: parts[0], path: parts[1], headers: headers, body: body)
                }
            }
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            buffer += piece[..<count]
        }
    }
}

extension RuntimeServer.ScriptedResponse {
    static func status(_ code: Int, _ body: String = #"{"status":"?"}"#) -> Self {
        .bytes([Array("HTTP/1.1 \(code) X\r\nContent-Length: \(code == 204 ? 0 : body.utf8.count)\r\n\r\n\(code == 204 ? "" : body)".utf8)])
    }

    /// An invocation with the usual headers; `nil` leaves one out, another value replaces it.
    static func event(_ body: String, id: String? = "request-1", milliseconds: Int64? = 10_000, _ more: [String: String] = [:]) -> Self {
        let head = eventHead(id: id, milliseconds: milliseconds, more)
        return .bytes([Array("\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)])
    }

    static func eventHead(id: String? = "request-1", milliseconds: Int64? = 10_000, _ more: [String: String] = [:]) -> String {
        var head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        if let id { head += "Lambda-Runtime-Aws-Request-Id: \(id)\r\n" }
        if let milliseconds { head += "Lambda-Runtime-Deadline-Ms: \(Int64(Date().timeIntervalSince1970 * 1000) + milliseconds)\r\n" }
        for (name, value) in more { head += "\(name): \(value)\r\n" }
        return head
    }

    var wholeBytes: [UInt8] { if case .bytes(let pieces) = self { pieces.flatMap { $0 } } else { [] } }
    /// The same response, one byte at a time.
    var byteByByte: Self { .bytes(wholeBytes.map { [$0] }) }
}
