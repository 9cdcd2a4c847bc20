import Foundation
import Synchronization

/// A server on a free loopback port that sends exactly the bytes of a test, however wrong.
package final class LoopbackServer: Sendable {
    /// One accepted connection, blocking.
    package struct Connection {
        package let descriptor: Int32
        /// Counts from 1 over the server's life.
        package let number: Int

        /// The next request's head and body as text; `nil` when the client has closed.
        package func request() -> String? {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65_536)
            while true {
                if let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                    let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                    let length = line.flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) } ?? 0
                    if bytes.count >= end.upperBound + length { return String(decoding: bytes, as: UTF8.self) }
                }
                let count = recv(descriptor, &piece, piece.count, 0)
                guard count > 0 else { return nil }
                bytes += piece[..<count]
            }
        }

        package func send(_ bytes: [UInt8]) { _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
        package func send(_ text: String) { send(Array(text.utf8)) }

        /// A complete response with its length.
        package func respond(_ status: Int = 200, headers: [String] = [], body: [UInt8] = []) {
            let lines = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.count)"] + headers
            send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        }
    }

    package let port: Int
    private let listener: Int32
    private let requests = Mutex<[String]>([])

    package var url: String { "http://127.0.0.1:\(port)" }
    package var seen: [String] { requests.withLock { $0 } }

    /// - Parameter handle: runs on a thread of its own for each connection, which is closed when it returns.
    package init(_ handle: @escaping @Sendable (Connection, LoopbackServer) -> Void) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                _ = bind(listener, raw, length)
                _ = listen(listener, 64)
                _ = getsockname(listener, raw, &length)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
        Thread.detachNewThread { [self] in
            for number in 1... {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                Thread.detachNewThread {
                    handle(Connection(descriptor: descriptor, number: number), self)
                    close(descriptor)
                }
            }
        }
    }

    /// Responds to every request by a function of its text and of the number of requests before it.
    package static func responding(_ respond: @escaping @Sendable (String, Int, Connection) -> Void) -> LoopbackServer {
        LoopbackServer { connection, server in
            while let request = connection.request() {
                let count = server.requests.withLock { seen in
                    seen.append(request)
                    return seen.count - 1
                }
                respond(request, count, connection)
            }
        }
    }

    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
