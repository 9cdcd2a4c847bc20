import Foundation
import HTTP
import TestSupport
import Testing

/// TLS against `openssl s_server` with a certificate of our own.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "there is no openssl"), .timeLimit(.minutes(1)))
struct TLSTests {
    @Test func `Only the named authority and the right name are trusted`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bellwether-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let make = try Self.start(
            "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost",
            folder)
        while make.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let port = FreePorts.take(1)[0]
        let server = try Self.start("s_server -accept 127.0.0.1:\(port) -cert cert.pem -key key.pem -www -quiet", folder)
        defer { kill(server.processIdentifier, SIGKILL) }

        let trusting = HTTPClient(caFile: folder.path + "/cert.pem")
        let url = "https://localhost:\(port)/"
        var status = 0
        for _ in 0..<600 where status == 0 {
            status = (try? await trusting.send(HTTPRequest("GET", url), timeout: .seconds(20)))?.status ?? 0
            if status == 0 { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(status == 200)
        let stranger = await #expect(throws: HTTPError.self) {
            try await HTTPClient().send(HTTPRequest("GET", url), timeout: .seconds(20))
        }
        #expect(stranger?.kind == .tls)
        #expect(stranger?.code == .certificateRejected)
        let misnamed = await #expect(throws: HTTPError.self) {
            try await trusting.send(HTTPRequest("GET", "https://127.0.0.1:\(port)/"), timeout: .seconds(20))
        }
        #expect(misnamed?.kind == .tls)
        let missing = await #expect(throws: HTTPError.self) {
            try await HTTPClient(caFile: "/nowhere.pem").send(HTTPRequest("GET", url), timeout: .seconds(20))
        }
        #expect(missing?.kind == .tls)
    }

    private static func start(_ arguments: String, _ folder: URL) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
