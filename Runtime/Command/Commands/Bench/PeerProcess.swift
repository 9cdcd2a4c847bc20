import Foundation

/// Another system's benchmark: a script of `Tests/Peers` in a Python environment of its own, which measures a round whenever it is asked.
final class PeerProcess {
    /// What the script says of itself: versions, threads, flags.
    let greeting: String
    private let process: Process
    private let input: FileHandle
    private let output: FileHandle

    private struct Round: Decodable {
        let samples, seconds, processorSeconds: Double

        private enum CodingKeys: String, CodingKey { case samples, seconds, processorSeconds = "processor_seconds" }
    }

    /// Blocks until the script is ready, and while the environment is made the first time.
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
        greeting = String(decoding: line, as: UTF8.self)
    }

    /// Has one round measured.
    func round() throws -> Comparison.Round {
        try input.write(contentsOf: Data("round\n".utf8))
        guard let line = PeerProcess.line(output), let round = try? JSONDecoder().decode(Round.self, from: line) else {
            throw CommandError("the peer gave no figures")
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

    /// Has the entry point make the Python environment when its pins have changed.
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
