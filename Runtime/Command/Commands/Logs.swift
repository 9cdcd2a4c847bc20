import ArgumentParser
import Foundation

/// `bellwether logs`: prints function logs.
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the logs of functions.",
        discussion:
            "Without a name: the logs of all functions, each line with its function's name. The files are in .bellwether/emulator/logs.")

    @Argument(help: "The function, such as Train.") var function: String?
    @Flag(name: .shortAndLong, help: "Print new lines until Ctrl-C.") var follow = false
    @Option(name: .shortAndLong, help: "The number of last lines to print first.") var lines = 50

    func validate() throws {
        if lines < 0 { throw ValidationError("--lines is a number of 0 or more.") }
    }

    func run() async throws {
        let paths = try ProjectPaths.find()
        let folder = "\(paths.emulator)/logs"
        let all = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".log") }.sorted()
        let requested = function?.lowercased()
        let chosen = all.filter { name in
            let stem = name.dropLast(4).lowercased()
            return requested.map { stem == $0 || stem.hasSuffix("-" + $0) } ?? true
        }
        guard !chosen.isEmpty else {
            let names = all.map { $0.dropLast(4) }.joined(separator: ", ")
            throw CommandError(names.isEmpty ? "no function has logged yet" : "no log of “\(function ?? "")”; there are \(names)")
        }
        var followers = chosen.map { LogFollower(path: "\(folder)/\($0)", label: chosen.count > 1 ? String($0.dropLast(4)) : nil) }
        for index in followers.indices { followers[index].printLast(lines: lines) }
        while follow {
            try await Task.sleep(for: .milliseconds(200))
            for index in followers.indices { followers[index].printNew() }
        }
    }
}

/// Prints the new lines of a log file, also after its rotation.
private struct LogFollower {
    let path: String
    let label: String?
    private var offset: UInt64 = 0
    private var rest = Data()

    init(path: String, label: String?) {
        self.path = path
        self.label = label
    }

    mutating func printLast(lines: Int) {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        offset = UInt64(data.count)
        for line in data.split(separator: UInt8(ascii: "\n")).suffix(lines) { show(line) }
    }

    mutating func printNew() {
        guard let file = FileHandle(forReadingAtPath: path), let end = try? file.seekToEnd() else { return }
        defer { try? file.close() }
        if end < offset { offset = 0 }
        guard end > offset, (try? file.seek(toOffset: offset)) != nil, let data = try? file.readToEnd() else { return }
        offset += UInt64(data.count)
        rest += data
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            show(rest[..<newline])
            rest = Data(rest[(newline + 1)...])
        }
    }

    private func show(_ line: Data) {
        Console.output((label.map { $0 + "  " } ?? "") + String(decoding: line, as: UTF8.self))
    }
}
