import AWS
import Foundation
import Testing

@testable import Emulator

/// Starts, interrupted starts and calls by the command line.
@Suite(
    .enabled(if: Deployment.isBuilt, "SKIPPED: run through `Runtime/bellwether test`, which builds the command and the bundle"), .serialized
)
struct StartTests {
    private func stack(isUp: Bool = true, _ body: (Deployment) async throws -> Void) async throws {
        let deployment = try await Deployment(isUp: isUp)
        do { try await body(deployment) } catch {
            await deployment.remove()
            throw error
        }
        await deployment.remove()
    }

    /// Processes that serve this state folder.
    private func emulators(_ deployment: Deployment) -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter { pid in
            let words = (FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()).split(separator: 0)
            let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
            return words.dropFirst().first == Data("serve".utf8)
                && environment.contains(Data("BELLWETHER_HOME=\(deployment.folder)\0".utf8))
        }
    }

    @Test func `Two concurrent starts are one`() async throws {
        try await stack(isUp: false) { deployment in
            async let first = deployment.command(["up", "--fast"])
            async let second = deployment.command(["up", "--fast"])
            let (one, other) = try await (first, second)
            #expect(one.status == 0 && other.status == 0, "\(one.output)\(other.output)")
            let address = try #require(one.output.split(separator: "\n").first { $0.hasPrefix("Dashboard: ") })
            #expect(other.output.contains(address))
            #expect(emulators(deployment) == [try deployment.record().process.pid])
            let same = try await deployment.command(["up", "--fast", "--port", "\(try deployment.record().gatewayPort)"])
            #expect(same.status == 0 && same.output.contains(address), "\(same.output)")
            let third = try await deployment.command(["serve", "--fast"])
            #expect(third.status == 1)
            #expect(third.output.contains("is already running or starting as process \(try deployment.record().process.pid)"))
        }
    }

    /// Ends either the command or the emulator that it started.
    @Test(arguments: [(SIGINT, false), (SIGKILL, false), (SIGKILL, true)])
    func `A start that is killed at any moment is completed by the next`(_ signal: Int32, _ isEmulator: Bool) async throws {
        try await stack(isUp: false) { deployment in
            // The emulator that the killed command has started may become ready on its port at any moment.
            let port = try LoopbackPorts.free()
            for pause in [30, 120, 300, 700] {
                let process = Process()
                process.executableURL = URL(filePath: deployment.program)
                process.arguments = ["up", "--fast", "--port", "\(port)"]
                process.environment = deployment.environment
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                try await Task.sleep(for: .milliseconds(pause))
                for victim in isEmulator ? emulators(deployment) : [process.processIdentifier] { kill(victim, signal) }
                process.waitUntilExit()
                try await deployment.up(port: port)
                #expect(emulators(deployment) == [try deployment.record().process.pid])
                #expect(try await deployment.invoke("Migrate", "{}").status == 0)
                #expect(try await deployment.command(["down"]).status == 0)
                #expect(emulators(deployment).isEmpty)
                #expect(LocalServers.running(in: deployment.folder).isEmpty)
            }
        }
    }

    /// Starts the command, sends the signal after the pause, and returns the exit code; nil when the signal itself has ended the process.
    private func interrupted(
        _ deployment: Deployment, _ arguments: [String], after pause: Duration, _ signal: Int32 = SIGINT
    ) async throws -> Int32? {
        let process = Process()
        process.executableURL = URL(filePath: deployment.program)
        process.arguments = arguments
        process.environment = deployment.environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try await Task.sleep(for: pause)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : nil
    }

    @Test(arguments: [SIGINT, SIGTERM]) func `An interrupted start exits with 130 and leaves nothing running`(_ signal: Int32) async throws
    {
        try await stack(isUp: false) { deployment in
            for milliseconds in [60, 150, 300, 450, 600, 800] {
                let port = "\(try LoopbackPorts.free())"
                let status = try await interrupted(
                    deployment, ["up", "--fast", "--port", port], after: .milliseconds(milliseconds), signal)
                // Before the command takes the signal over, the signal ends it.
                #expect(
                    status == 130 || status == nil || status == 0 && deployment.emulator != nil, "after \(milliseconds) ms: \(status ?? -1)"
                )
                if status != 0 {
                    #expect(
                        emulators(deployment).isEmpty && LocalServers.running(in: deployment.folder).isEmpty, "after \(milliseconds) ms")
                }
                #expect(try await deployment.command(["down"]).status == 0)
            }
        }
    }

    @Test func `An interrupted replay stops the clock and leaves the deployment running`() async throws {
        try await stack { deployment in
            let arguments = ["replay", "--from", "2012-01-03", "--to", "2013-01-03"]
            #expect(try await interrupted(deployment, arguments, after: .seconds(3)) == 130)
            for _ in 0..<100 where try await isAdvancing(deployment) { try await Task.sleep(for: .milliseconds(100)) }
            let first = try await clock(deployment)
            try await Task.sleep(for: .seconds(1))
            #expect(try await clock(deployment) == first && first.hasSuffix("held") && first < "Clock: 2013")
            #expect(deployment.emulator != nil)
        }
    }

    private func clock(_ deployment: Deployment) async throws -> String {
        try await deployment.command(["status"]).output.split(separator: "\n").first { $0.hasPrefix("Clock: ") }.map(String.init) ?? ""
    }

    private func isAdvancing(_ deployment: Deployment) async throws -> Bool { try await clock(deployment).hasSuffix("being advanced") }

    @Test func `A port other than the running one is refused and not stored`() async throws {
        try await stack { deployment in
            let (own, other) = (try deployment.record().gatewayPort, try LoopbackPorts.free())
            let refused = try await deployment.command(["up", "--fast", "--port", "\(other)"])
            #expect(refused.status == 1 && refused.output.contains("is running on port \(own): run `bellwether down`"), "\(refused.output)")
            #expect(try await deployment.command(["down"]).status == 0)
            #expect(try await deployment.command(["up", "--fast"]).status == 0)
            #expect(try deployment.record().gatewayPort == own)
        }
    }

    @Test func `Control characters of an event reach no terminal`() async throws {
        try await stack { deployment in
            let failed = try await deployment.invoke("Ingest", #"{"symbols":["A\u001b]0;x\u0007\u009bB"],"time":"2012-01-03T00:00:00Z"}"#)
            #expect(failed.status == 1 && failed.output.contains(#"\u001b]0;x\u0007\u009b"#), "\(failed.output)")
            let logs = try await deployment.command(["logs", "Ingest"])
            let wrong = try await deployment.command(["failed", "show", "\u{1B}[31m"])
            for output in [failed.output, logs.output, wrong.output] {
                #expect(!output.unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" || (127...159).contains($0.value) })
            }
            #expect(wrong.status == 1 && wrong.output.contains(#"\u001b[31m"#), "\(wrong.output)")
        }
    }

    @Test func `A revoked key is refused within five seconds, and an unknown one cannot be revoked`() async throws {
        try await stack { deployment in
            let key = "bw_desk"
            let hash = Digest.sha256Hex(Array(key.utf8))
            let registered = try await deployment.invoke("Migrate", #"{"api_key":{"name":"desk","sha256":"\#(hash)"}}"#)
            #expect(registered.status == 0)
            #expect(try await deployment.get("/v1/symbols", key: key).status == 200)
            #expect(try await deployment.invoke("Migrate", #"{"revoked_key":"\#(hash)"}"#).status == 0)
            let revoked = ContinuousClock.now
            var status = 200
            while status == 200, ContinuousClock.now < revoked + .seconds(8) {
                status = try await deployment.get("/v1/symbols", key: key).status
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(status == 403 && ContinuousClock.now < revoked + .milliseconds(5500))
            let again = try await deployment.invoke("Migrate", #"{"api_key":{"name":"again","sha256":"\#(hash)"}}"#)
            #expect(again.status != 0 && again.output.contains("make a new key"))
            let unnamed = try await deployment.invoke("Migrate", #"{"api_key":{"name":"\u001b[31m","sha256":"\#(hash)"}}"#)
            #expect(unnamed.status != 0 && unnamed.output.contains("control characters"))
            let unknown = try await deployment.invoke("Migrate", #"{"revoked_key":"\#(String(repeating: "0f", count: 32))"}"#)
            #expect(unknown.status == 1 && unknown.output.contains("no API key with the SHA-256 0f0f"), "\(unknown.output)")
            let log = try await deployment.command(["logs", "Authorize"]).output
            #expect(log.contains("A sign-in failed") && log.contains("127.0.0.1") && log.contains("\"FailedSignIns\":1"), "\(log)")
        }
    }

    @Test func `Invocations here and at any Lambda address have the same output`() async throws {
        try await stack { deployment in
            let here = try await deployment.command(["invoke", "Migrate", "--log"])
            #expect(
                here.status == 0 && here.output.contains("\"applied\":[]") && here.output.contains("REPORT RequestId"), "\(here.output)")
            let target = ["--endpoint", "http://127.0.0.1:\(try deployment.record().apiPort)", "--stack", "bellwether"]
            let keys = try deployment.awsEnvironment()
            let there = try await deployment.command(["invoke", "Migrate", "--log"] + target, environment: keys)
            #expect(there.status == 0 && there.output.contains("\"applied\":[]") && there.output.contains("REPORT RequestId"))
            let queued = try await deployment.command(["invoke", "bellwether-Migrate", "--async"] + target, environment: keys)
            #expect(queued.status == 0 && queued.output == "Queued for bellwether-Migrate.\n")
            let file = "\(deployment.folder)/wrong.json"
            try #"{"time":"soon"}"#.write(toFile: file, atomically: true, encoding: .utf8)
            for more in [[], target] {
                let failed = try await deployment.command(["invoke", "Train", "--event", file] + more, environment: keys)
                #expect(failed.status == 1 && failed.output.contains("bellwether-Train failed: Runtime.InvalidEvent: "), "\(failed.output)")
            }
            let nobody = try await deployment.command(["invoke", "Nobody"] + target, environment: keys)
            #expect(nobody.status == 1 && nobody.output.contains("name the stack with --stack"), "\(nobody.output)")
            let wrong = ["AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"]
            let stranger = try await deployment.command(["invoke", "Migrate"] + target, environment: wrong)
            #expect(stranger.status == 1 && stranger.output.contains("`bellwether environment` prints the keys"), "\(stranger.output)")
            let printed = try await deployment.command(["environment"])
            for (name, key) in [
                ("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"), ("AWS_ENDPOINT_URL_S3", "S3"), ("AWS_ENDPOINT_URL_LAMBDA", "LAMBDA"),
            ] {
                #expect(printed.output.contains("export \(name)=\(keys[key] ?? "?")\n"), "\(printed.output)")
            }
            let noKeys = try await deployment.command(["invoke", "Migrate"] + target)
            #expect(noKeys.status == 1 && noKeys.output.contains("there are no AWS credentials: set AWS_ACCESS_KEY_ID"))
        }
    }

    @Test func `A port in use and damaged state are clear errors`() async throws {
        try await stack(isUp: false) { deployment in
            let holder = try HeldPort()
            let taken = try await deployment.command(["up", "--fast", "--port", "\(holder.port)"])
            #expect(taken.status == 1)
            #expect(taken.output.contains("port \(holder.port) is in use: choose another one with --port"), "\(taken.output)")
            try "{}".write(toFile: "\(deployment.folder)/secrets.json", atomically: true, encoding: .utf8)
            let damaged = try await deployment.command(["up", "--fast"])
            #expect(damaged.status == 1 && damaged.output.contains("restore a copy of the file"), "\(damaged.output)")
            try FileManager.default.removeItem(atPath: "\(deployment.folder)/secrets.json")
            try "?".write(toFile: "\(deployment.folder)/settings.json", atomically: true, encoding: .utf8)
            let unsettled = try await deployment.command(["up", "--fast"])
            #expect(unsettled.status == 1 && unsettled.output.contains("it has the price source"), "\(unsettled.output)")
        }
    }
}

/// A listener on a loopback port.
private struct HeldPort: ~Copyable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        let port = try LoopbackPorts.free()
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard HeldPort.hold(port, descriptor) else {
            close(descriptor)
            throw POSIXError(.EADDRINUSE)
        }
        self.port = port
        self.descriptor = descriptor
    }

    private static func hold(_ port: Int, _ descriptor: Int32) -> Bool {
        var yes: CInt = 1
        // Another test's connections may linger on the port.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        return bound == 0 && listen(descriptor, 1) == 0
    }

    deinit { close(descriptor) }
}
