import Formats
import Glibc

/// A resolved TCP address, kept as the bytes of its `sockaddr`.
struct SocketAddress {
    let family: Int32
    private let bytes: [UInt8]

    /// Numeric IPv4 addresses, the usual case, do not touch the resolver.
    static func resolve(_ address: RuntimeAddress) throws(NetworkError) -> SocketAddress {
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = address.port.bigEndian
        if inet_pton(AF_INET, address.host, &four.sin_addr) == 1 {
            return SocketAddress(family: AF_INET, bytes: withUnsafeBytes(of: four) { Array($0) })
        }
        var found: UnsafeMutablePointer<addrinfo>?
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let first = found else {
            throw .unknownHost(address.host)
        }
        defer { freeaddrinfo(first) }
        let raw = UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: Int(first.pointee.ai_addrlen))
        return SocketAddress(family: first.pointee.ai_family, bytes: Array(raw))
    }

    /// Connects, waiting at most as long as the socket's send time-out.
    func connect(_ descriptor: Int32) throws(NetworkError) {
        while true {
            let result = bytes.withUnsafeBytes { raw in
                raw.withMemoryRebound(to: sockaddr.self) {
                    Glibc.connect(descriptor, $0.baseAddress, socklen_t(truncatingIfNeeded: raw.count))
                }
            }
            if result == 0 || errno == EISCONN { return }
            guard errno == EINTR else { throw .errno(errno) }
        }
    }
}
