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
    static func start(_ script: String, _ arguments: [String], _ home: Home) throws -> PeerProcess {
        let folder = "\(home.project)/Tests/Peers"
        let environment = try makeEnvironment(folder, home)
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
            throw CommandFailure("the peer ended with status \(process.terminationStatus) before it was ready")
        }
        greeting = String(decoding: line, as: UTF8.self)
    }

    /// Has one round measured.
    func round() throws -> Comparison.Round {
        try input.write(contentsOf: Data("round\n".utf8))
        guard let line = PeerProcess.line(output), let round = try? JSONDecoder().decode(Round.self, from: line) else {
            throw CommandFailure("the peer gave no figures")
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

    /// Makes the Python environment when its pins have changed.
    private static func makeEnvironment(_ folder: String, _ home: Home) throws -> String {
        let environment = "\(home.state)/venv-peers"
        let (pins, stamp) = ("\(folder)/requirements.txt", "\(environment)/requirements.txt")
        guard !FileManager.default.contentsEqual(atPath: pins, andPath: stamp) else { return environment }
        Screen.say("Making a Python environment for the peers …")
        try? FileManager.default.removeItem(atPath: environment)
        try run("python3", ["-m", "venv", environment])
        try run("\(environment)/bin/python3", ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", pins])
        try FileManager.default.copyItem(atPath: pins, toPath: stamp)
        return environment
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = FileHandle.standardError
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandFailure("\(program) \(arguments.joined(separator: " ")) failed with status \(process.terminationStatus)")
        }
    }
}
