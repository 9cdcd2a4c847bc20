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
            for pause in [30, 120, 300, 700] {
                let process = Process()
                process.executableURL = URL(filePath: deployment.program)
                process.arguments = ["up", "--fast"]
                process.environment = deployment.environment
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                try await Task.sleep(for: .milliseconds(pause))
                for victim in isEmulator ? emulators(deployment) : [process.processIdentifier] { kill(victim, signal) }
                process.waitUntilExit()
                try await deployment.up()
                #expect(emulators(deployment) == [try deployment.record().process.pid])
                #expect(try await deployment.invoke("Migrate", "{}").status == 0)
                #expect(try await deployment.command(["down"]).status == 0)
                #expect(emulators(deployment).isEmpty)
                #expect(LocalServers.running(in: deployment.folder).isEmpty)
            }
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
