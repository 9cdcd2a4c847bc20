import Foundation

/// A peer's benchmark: a script of `Tests/Peers` in its own Python environment, which measures one round per request.
final class PeerProcess {
    /// The script's versions, threads and flags.
    let version: String
    private let process: Process
    private let input: FileHandle
    private let output: FileHandle

    private struct Round: Decodable {
        let samples, seconds, processorSeconds: Double

        private enum CodingKeys: String, CodingKey { case samples, seconds, processorSeconds = "processor_seconds" }
    }

    /// Starts the script and blocks until it is ready, which includes making the environment the first time.
    static func start(_ script: String, _ arguments: [String], _ paths: ProjectPaths) throws -> PeerProcess {
        let folder = "\(paths.project)/Tests/Peers"
        let environment = try environment(paths)
        let process = Process()
        process.executableURL = URL(filePath: "\(environment)/bin/python3")
        process.arguments = ["\(folder)/\(script)"] + arguments
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        return try PeerProcess(process, input.fileHandleForWriting, output.fileHandleForReading)
    }

    private init(_ process: Process, _ input: FileHandle, _ output: FileHandle) throws {
        self.process = process
        self.input = input
        self.output = output
        guard let line = PeerProcess.line(output) else {
            process.waitUntilExit()
            throw CommandError("the peer ended with status \(process.terminationStatus) before it was ready")
        }
        version = String(decoding: line, as: UTF8.self)
    }

    /// Measures one round.
    func round() throws -> PeerComparison.Round {
        try input.write(contentsOf: Data("round\n".utf8))
        guard let line = PeerProcess.line(output), let round = try? JSONDecoder().decode(Round.self, from: line) else {
            throw CommandError("the peer returned no figures")
        }
        return (round.samples, round.seconds, round.processorSeconds)
    }

    func end() {
        try? input.close()
        process.waitUntilExit()
    }

    /// The next line; nil when the peer has ended.
    private static func line(_ output: FileHandle) -> Data? {
        var line = Data()
        while let byte = try? output.read(upToCount: 1), let value = byte.first {
            if value == UInt8(ascii: "\n") { return line }
            line.append(value)
        }
        return nil
    }

    /// Makes the Python environment through the entry point when its pinned versions have changed.
    private static func environment(_ paths: ProjectPaths) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "\(paths.project)/Runtime/bellwether")
        process.arguments = ["peers"]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CommandError("the peers' Python environment could not be made") }
        return "\(paths.state)/venv-peers"
    }
}
