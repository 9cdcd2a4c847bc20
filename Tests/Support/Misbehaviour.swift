import Foundation

/// Ways in which a server fails its client on the wire. Each responds to one request and breaks the connection off.
package enum Misbehaviour: String, CaseIterable, Sendable {
    case silence, nonsense, halfBody, bodyLongerThanSaid, endlessHeaders, gigabyte, gzipBomb

    package func respond(on connection: LoopbackServer.Connection) {
        switch self {
        case .silence: break
        case .nonsense: connection.send("SMTP ready\r\n\r\n")
        case .halfBody: connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"chart\":{\"result\":[{\"meta\"")
        case .bodyLongerThanSaid: connection.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"chart\":{\"result\":[{\"meta\":{}}]}}")
        case .endlessHeaders:
            connection.send("HTTP/1.1 200 OK\r\n")
            for number in 0..<2000 { connection.send("X-\(number): \(String(repeating: "y", count: 1000))\r\n") }
        case .gigabyte: connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n{")
        case .gzipBomb: connection.respond(headers: ["Content-Encoding: gzip"], body: Self.bomb)
        }
        shutdown(connection.descriptor, Int32(SHUT_RDWR))
    }

    private static let bomb = (try? gzip(zeros: 80 << 20)) ?? []

    /// Zeros made small by the `gzip` of the machine.
    package static func gzip(zeros: Int) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "head -c \(zeros) /dev/zero | gzip -9"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        return Array(try output.fileHandleForReading.readToEnd() ?? Data())
    }
}
