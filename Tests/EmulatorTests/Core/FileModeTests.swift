import Foundation
import Testing

@testable import Emulator

#if canImport(Glibc)
    import Glibc
#endif

/// Other users of the machine read nothing of a stack.
@Suite(.serialized) struct FileModeTests {
    /// The paths under a folder that others may read, the folder included; folders that they cannot enter protect what is in them.
    static func open(_ folder: String) -> [String] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder)
        guard let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue, mode & 0o077 != 0 else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return [folder] + names.flatMap { open("\(folder)/\($0)") }
    }

    private static func mode(_ path: String) -> Int? {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test func `Journal, dead letters and logs are their owner's`() async throws {
        let folder = try FunctionFolder()
        let old = umask(0)
        defer { umask(old) }
        // As an earlier version made it.
        try FileManager.default.createDirectory(
            atPath: "\(folder.state)/logs", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        var function = folder.function("F")
        function.maximumRetryAttempts = 0
        let stack = try await EmulatedStack(folder.configuration(function))
        await stack.start()
        try await stack.accept([AsyncEvent(id: "a", function: "F", payload: Array(#"{"do":"error"}"#.utf8))])
        #expect(await eventually { await stack.status().queue.deadLetters == 1 })
        try await stack.stop()
        #expect(Self.mode(folder.state) == 0o700 && Self.mode("\(folder.state)/logs") == 0o700)
        for file in ["journal", "lock", "dead-letters.jsonl", "logs/F.log"] {
            #expect(Self.mode("\(folder.state)/\(file)") == 0o600, "\(file)")
        }
    }

    @Test(.enabled(if: !WebhookSeaweedServer.isMissing)) func `The S3 server's folder is its owner's`() async throws {
        let old = umask(0)
        defer { umask(old) }
        let server = try ProtectedSeaweed()
        let process = try await server.seaweed.start()
        try await server.putObjects()
        #expect(Self.mode("\(server.folder)/s3") == 0o700)
        for file in ["s3.json", "security.toml", "notification.toml", "seaweedfs.log", "server.json"] {
            #expect(Self.mode("\(server.folder)/s3/\(file)") == 0o600, "\(file)")
        }
        await server.remove(process)
    }

    @Test func `The database's folder is its owner's`() async throws {
        let old = umask(0)
        defer { umask(old) }
        let folder = "/tmp/bellwether-modes-\(UUID().uuidString.prefix(8))"
        let passwords = Dictionary(uniqueKeysWithValues: PostgresRole.allCases.map { ($0.rawValue, "secret") })
        let server = PostgresServer(
            folder: "\(folder)/postgres", passwords: passwords, durability: .fast, port: try LoopbackPorts.free())
        let process = try await server.start()
        #expect(Self.mode("\(folder)/postgres") == 0o700 && Self.mode("\(folder)/postgres/data") == 0o700)
        #expect(Self.open("\(folder)/postgres") == [])
        await server.stop(process)
        try FileManager.default.removeItem(atPath: folder)
    }
}
