import Glibc
import Synchronization
import Threads

/// A server on loopback that is forever starting up, and counts who asks.
final class UnavailablePostgresServer: Sendable {
    let port: Int
    private let listener: CInt
    private let count = Mutex(0)

    var attempts: Int { count.withLock { $0 } }

    init() {
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                _ = bind(listener, raw, length)
                _ = listen(listener, 16)
                _ = getsockname(listener, raw, &length)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
        _ = Thread.start { [self] in serve() }
    }

    func stop() { shutdown(listener, CInt(SHUT_RDWR)) }

    private func serve() {
        defer { close(listener) }
        while case let client = accept(listener, nil, nil), client >= 0 {
            count.withLock { $0 += 1 }
            var startup = [UInt8](repeating: 0, count: 4096)
            _ = recv(client, &startup, startup.count, 0)
            let fields = Array("SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0".utf8)
            let answer = [UInt8(ascii: "E"), 0, 0, 0, UInt8(fields.count + 4)] + fields
            _ = send(client, answer, answer.count, CInt(MSG_NOSIGNAL))
            close(client)
        }
    }
}
