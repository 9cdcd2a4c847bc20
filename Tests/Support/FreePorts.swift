import Glibc

/// Ports of 127.0.0.1 for servers that tests start: below the range that the kernel hands to outgoing connections, one of which could
/// otherwise take the port of a server that restarts.
package enum FreePorts {
    /// 23000 to 31999, or the share of a test process that runs beside others: `LOW-HIGH` in `BELLWETHER_TEST_PORTS`.
    private static let range: ClosedRange<Int> = {
        let ends = getenv("BELLWETHER_TEST_PORTS").map { String(cString: $0).split(separator: "-").compactMap { Int($0) } } ?? []
        return ends.count == 2 ? ends[0]...ends[1] : 23_000...31_999
    }()

    /// Ports that were free a moment ago, all different.
    package static func take(_ count: Int) -> [Int] {
        var ports: Set<Int> = []
        for _ in 0..<1000 where ports.count < count {
            let port = Int.random(in: range)
            if isFree(port) { ports.insert(port) }
        }
        precondition(ports.count == count, "no free ports in \(range)")
        return Array(ports)
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
