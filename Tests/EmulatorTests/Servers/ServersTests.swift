import Foundation
import Logging
import Testing

@testable import Emulator

/// The local servers with the real programs.
@Suite(.serialized) struct ServersTests {
    private static func folder() throws -> String {
        let path = "/tmp/bellwether-servers-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private static func postgres(_ folder: String) throws -> PostgresServer {
        let passwords = Dictionary(uniqueKeysWithValues: PostgresRole.allCases.map { ($0.rawValue, "secret") })
        return PostgresServer(folder: "\(folder)/postgres", passwords: passwords, durability: .fast, port: try LoopbackPorts.free())
    }

    /// The records are removed, as after a kill of the emulator between the start of a server and the writing of its record.
    @Test(.enabled(if: !WebhookSeaweedServer.isMissing)) func `Running servers without a record are adopted`() async throws {
        let folder = try Self.folder()
        let settings = LocalServers.Settings(stateFolder: folder, weed: try #require(WebhookSeaweedServer.program), fast: true)
        let first = try await LocalServers.start(settings, logger: Logger(label: "test"))
        let before = [await first.process(of: .postgres), await first.process(of: .s3)]
        for place in ["postgres", "s3"] { try FileManager.default.removeItem(atPath: ServerRecord.path("\(folder)/\(place)")) }
        #expect(LocalServers.running(in: folder).map(\.process) == before)
        let second = try await LocalServers.start(settings, logger: Logger(label: "test"))
        #expect([await second.process(of: .postgres), await second.process(of: .s3)] == before)
        #expect(second.postgresPort == first.postgresPort && second.s3Port == first.s3Port)
        #expect(ServerRecord.read("\(folder)/s3")?.process == before[1])
        try FileManager.default.removeItem(atPath: ServerRecord.path("\(folder)/postgres"))
        await LocalServers.stopAll(in: folder)
        #expect(before.allSatisfy { $0?.isAlive == false })
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `A started server inherits no open files`() async throws {
        let folder = try Self.folder()
        let opening = Thread {
            while !Thread.current.isCancelled {
                var ends: [CInt] = [-1, -1]
                pipe(&ends)
                for end in ends { close(end) }
            }
        }
        opening.start()
        defer { opening.cancel() }
        for _ in 0..<60 {
            let process = try DetachedProcess.start(
                ["/usr/bin/sleep", "60"], environment: [:], folder: folder, log: "\(folder)/log")
            // The starting programs and the loader open files for a moment; an inherited descriptor would stay open.
            let hasItsOwnOnly = await eventually {
                let line = FileManager.default.contents(atPath: "/proc/\(process.pid)/cmdline") ?? Data()
                let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.pid)/fd").sorted()
                return line.starts(with: Data("/usr/bin/sleep".utf8)) && files == ["0", "1", "2"]
            }
            #expect(hasItsOwnOnly)
            process.signal(SIGKILL)
            _ = await process.waitForEnd(.seconds(5))
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    /// A server listens some time after its port was chosen; until then the port seems free to the next server.
    @Test func `No port is chosen twice`() throws {
        let asked = try #require((LoopbackPorts.range.lowerBound..<LoopbackPorts.range.upperBound).last { LoopbackPorts.isFree($0) })
        LoopbackPorts.reserve(asked)
        #expect(try LoopbackPorts.free(preferred: asked) != asked)
        var chosen: Set<Int> = [asked]
        for count in [1, 10] + [Int](repeating: 1, count: 40) {
            let first = try LoopbackPorts.free(count, preferred: chosen.first)
            #expect(chosen.isDisjoint(with: first..<(first + count)))
            chosen.formUnion(first..<(first + count))
        }
    }

    @Test func `An ended server leaves no zombie`() async throws {
        let folder = try Self.folder()
        let process = try DetachedProcess.start(["/usr/bin/sleep", "0.2"], environment: [:], folder: folder, log: "\(folder)/log")
        #expect(await eventually { !FileManager.default.fileExists(atPath: "/proc/\(process.pid)") })
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `Damaged secrets are not replaced`() throws {
        let folder = try Self.folder()
        let made = try LocalSecrets.loadOrCreate(in: folder)
        #expect(try LocalSecrets.loadOrCreate(in: folder) == made)
        try "{".write(toFile: "\(folder)/secrets.json", atomically: true, encoding: .utf8)
        let trouble = #expect(throws: LocalServerError.self) { try LocalSecrets.loadOrCreate(in: folder) }
        #expect(trouble?.description.contains("restore a copy of the file, or run `bellwether down`, delete") == true)
        #expect(try String(contentsOfFile: "\(folder)/secrets.json", encoding: .utf8) == "{")
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `A cluster in a folder that only root may enter works`() async throws {
        let folder = try Self.folder()
        chmod(folder, 0o700)
        let server = try Self.postgres(folder)
        let process = try await server.start()
        try await server.prepare()
        await server.stop(process)
        #expect(!process.isAlive)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test(.enabled(if: geteuid() == 0 && getpwnam("postgres") != nil, "SKIPPED: wants root and the user postgres"))
    func `A folder that the user postgres may not enter is named`() async throws {
        let folder = try Self.folder()
        let cluster = "\(folder)/closed/state/postgres/data"
        try FileManager.default.createDirectory(atPath: "\(folder)/closed/state", withIntermediateDirectories: true)
        #expect(await PostgresTools.firstInaccessibleFolder(above: cluster, with: PostgresTools.asPostgres) == nil)
        chmod("\(folder)/closed", 0o700)
        #expect(await PostgresTools.firstInaccessibleFolder(above: cluster, with: PostgresTools.asPostgres) == "\(folder)/closed")
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test(.enabled(if: SmallDisk.isAllowed, "SKIPPED: mounting a small disk wants root"))
    func `A cluster on a full disk is a clear error`() async throws {
        let folder = try Self.folder()
        let disk = try SmallDisk.mount(over: "\(folder)/small", kilobytes: 8192)
        let trouble = await #expect(throws: LocalServerError.self) { try await Self.postgres("\(folder)/small").start() }
        #expect(trouble?.description == "the disk is full: free some space and run the command again")
        _ = consume disk
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `A server that ends after every start is explained`() async throws {
        let folder = try Self.folder()
        let program = "\(folder)/weed"
        try "#!/bin/sh\necho no such flag >&2\nexit 2\n".write(toFile: program, atomically: true, encoding: .utf8)
        chmod(program, 0o755)
        let server = SeaweedServer(
            folder: "\(folder)/s3", program: program, port: try LoopbackPorts.free(SeaweedServer.portCount), bucket: "b", accessKey: "a",
            secretKey: "s", webhook: nil)
        let trouble = await #expect(throws: LocalServerError.self) { try await server.start() }
        #expect(trouble?.description == "SeaweedFS ended before it was ready (see its log, \(server.log)): no such flag")
        let dying = LocalServerError.endsRepeatedly(server.name, times: 5, log: server.log).description
        #expect(dying.contains("5 times within a minute") && dying.hasSuffix(": no such flag"))
        #expect(LocalServers.stoppedServers(in: folder).count == 1)
        try FileManager.default.removeItem(atPath: folder)
    }
}
