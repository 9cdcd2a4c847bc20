import Foundation
import TestSupport
import Testing

@testable import Emulator

/// A separate deployment for one test: the built command with its own state folder in /tmp, servers and emulator.
final class Deployment: Sendable {
    static let environment = ProcessInfo.processInfo.environment
    /// Set by `bellwether test`, which builds both.
    static let isBuilt = environment["BELLWETHER_COMMAND"] != nil && environment["BELLWETHER_BUNDLE"] != nil

    let folder: String
    private let options: [String]

    /// Starts the deployment if `isUp`. The secrets of another deployment make derived values equal.
    init(secretsOf other: Deployment? = nil, options: [String] = [], isUp: Bool = true) async throws {
        folder = "/tmp/bellwether-acceptance-\(UUID().uuidString.prefix(8))"
        self.options = options
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try files.createSymbolicLink(
            atPath: "\(folder)/bundle", withDestinationPath: try #require(Self.environment["BELLWETHER_BUNDLE"]))
        if let other { try files.copyItem(atPath: "\(other.folder)/secrets.json", toPath: "\(folder)/secrets.json") }
        if isUp { try await up() }
    }

    /// Starts the servers that do not run, on a port or else on the recorded or a free one. Tries again when another test has taken the port.
    func up(port fixed: Int? = nil) async throws {
        var (status, output): (Int32, String) = (1, "")
        for _ in 0..<3 {
            (status, output) = try await command(["up", "--fast", "--port", "\(try fixed ?? port())"] + options)
            guard status != 0, output.contains("Address already in use") || output.contains(" is in use: ") else { break }
        }
        try #require(status == 0, "up failed: \(output)")
    }

    /// Stops the deployment and removes its folder.
    func remove() async {
        _ = try? await command(["down"])
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs the command and returns its exit status and output.
    @discardableResult
    func command(_ arguments: [String], environment more: [String: String] = [:]) async throws -> (status: Int32, output: String) {
        try await Shell.run(program, arguments, environment: environment.merging(more) { $1 })
    }

    /// The command's executable.
    var program: String { Self.environment["BELLWETHER_COMMAND"] ?? "" }
    var environment: [String: String] {
        var environment = Self.environment.filter { ["PATH", "HOME", "LANG", "BELLWETHER_PORTS", "BELLWETHER_WEED"].contains($0.key) }
        environment["BELLWETHER_PROJECT"] = Self.project
        environment["BELLWETHER_HOME"] = folder
        return environment
    }

    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    struct Record: Decodable {
        struct Process: Decodable { let pid: Int32 }
        let process: Process
        let apiPort, gatewayPort: Int

        private enum CodingKeys: String, CodingKey {
            case process
            case apiPort = "api_port"
            case gatewayPort = "gateway_port"
        }
    }

    /// The record of the running emulator.
    func record() throws -> Record {
        try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(filePath: "\(folder)/emulator/serve.json")))
    }

    /// The process id of the emulator, if it runs.
    var emulator: Int32? {
        StateFile.read(EmulatorRecord.self, from: "\(folder)/emulator/serve.json").flatMap { $0.process.isAlive ? $0.process.pid : nil }
    }

    private struct EmulatorRecord: Decodable { let process: ProcessIdentity }

    func secrets() throws -> LocalSecrets {
        try JSONDecoder().decode(LocalSecrets.self, from: Data(contentsOf: URL(filePath: "\(folder)/secrets.json")))
    }

    func port() throws -> Int {
        // The port is 0 in the record of an emulator that was killed before it was ready.
        if let record = try? record(), record.gatewayPort > 0 { return record.gatewayPort }
        return try LoopbackPorts.free()
    }
}

extension Deployment {
    /// A request to the dashboard's API, with the local API key unless another is given.
    func get(_ path: String, key: String? = nil) async throws -> (status: Int, body: [String: Any], type: String) {
        let sent = try key ?? secrets().apiKey
        let (status, output) = try await Shell.run(
            "/usr/bin/env",
            [
                "curl", "-s", "-H", "x-api-key: \(sent)", "-w", "\n%{http_code} %{content_type}",
                "http://127.0.0.1:\(try record().gatewayPort)\(path)",
            ], environment: Self.environment)
        try #require(status == 0, "curl \(path) ended with \(status)")
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        let trailer = (lines.last ?? "").split(separator: " ")
        let body = try JSONSerialization.jsonObject(with: Data(lines.dropLast().joined(separator: "\n").utf8)) as? [String: Any]
        return (Int(trailer.first ?? "") ?? 0, body ?? [:], trailer.count > 1 ? String(trailer[1]) : "")
    }

    func invoke(_ function: String, _ event: String) async throws -> (status: Int32, output: String) {
        let file = "\(folder)/event-\(UUID().uuidString).json"
        try Data(event.utf8).write(to: URL(filePath: file))
        return try await command(["invoke", function, "--event", file])
    }

    /// The environment of AWS's tools for this deployment; `LAMBDA` and `S3` are the endpoints.
    func awsEnvironment() throws -> [String: String] {
        let secrets = try secrets()
        let s3 = try #require(ServerRecord.read("\(folder)/s3"))
        var environment = Self.environment.filter { ["PATH", "HOME", "LANG"].contains($0.key) }
        environment["AWS_ACCESS_KEY_ID"] = secrets.s3AccessKey
        environment["AWS_SECRET_ACCESS_KEY"] = secrets.s3SecretKey
        environment["AWS_DEFAULT_REGION"] = "us-east-1"
        environment["AWS_REGION"] = "us-east-1"
        environment["LAMBDA"] = "http://127.0.0.1:\(try record().apiPort)"
        environment["S3"] = "http://127.0.0.1:\(s3.port)"
        return environment
    }
}
