import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Chooses free ports on 127.0.0.1, below the kernel's range for outgoing connections, so that a restarted server gets its port back.
package enum LoopbackPorts {
    /// 20000 to 22699, or `LOW-HIGH` of the environment variable BELLWETHER_PORTS.
    static let range = range(ProcessInfo.processInfo.environment["BELLWETHER_PORTS"]) ?? 20_000..<22_700

    /// Reads `LOW-HIGH`; nil for text that is no range of at least 100 ports.
    static func range(_ text: String?) -> Range<Int>? {
        let ends = text?.split(separator: "-").map { Int($0) } ?? []
        guard ends.count == 2, let low = ends[0], let high = ends[1], low > 0, high < 65_536, high - low >= 99 else { return nil }
        return low..<(high + 1)
    }

    /// Ports chosen by this process, on which a server may not listen yet.
    private static let chosen = Mutex<Set<Int>>([])

    /// Excludes a port that was configured from later choices.
    package static func reserve(_ port: Int) { chosen.withLock { _ = $0.insert(port) } }

    /// Whether a server could listen on the port; false for a number that is no port.
    package static func isFree(_ port: Int) -> Bool {
        guard let number = UInt16(exactly: port), number > 0 else { return false }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }

    /// The first of `count` consecutive free ports: `preferred` if it is free, else a random one. No port is chosen twice by a process.
    package static func free(_ count: Int = 1, preferred: Int? = nil) throws(LocalServerError) -> Int {
        if let preferred, (1...65_535).contains(preferred), choose(preferred..<(preferred + count)) { return preferred }
        for _ in 0..<200 {
            let first = Int.random(in: range.lowerBound..<(range.upperBound - count))
            if choose(first..<(first + count)) { return first }
        }
        throw LocalServerError(
            "no free port was found between \(range.lowerBound) and \(range.upperBound): stop programs that listen there")
    }

    /// Chooses the ports and returns true, unless one of them is in use or was chosen before.
    private static func choose(_ ports: Range<Int>) -> Bool {
        chosen.withLock { chosen in
            guard chosen.isDisjoint(with: ports), ports.allSatisfy(isFree) else { return false }
            chosen.formUnion(ports)
            return true
        }
    }
}
