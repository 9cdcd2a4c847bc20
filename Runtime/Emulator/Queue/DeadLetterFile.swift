import Foundation

/// `<state>/dead-letters.jsonl`: a copy for people of what the journal holds.
struct DeadLetterFile: Sendable {
    let path: String

    /// Writes the file anew when a crash left it behind the journal.
    func reconcile(with letters: [DeadLetter]) throws {
        let lines = (FileManager.default.contents(atPath: path) ?? Data()).count { $0 == UInt8(ascii: "\n") }
        guard lines != letters.count else { return }
        try letters.map(line).reduce(Data(), +).write(to: URL(filePath: path), options: .atomic)
    }

    func append(_ letter: DeadLetter) {
        if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        guard let file = FileHandle(forWritingAtPath: path) else { return }
        _ = try? file.seekToEnd()
        try? file.write(contentsOf: line(letter))
        try? file.close()
    }

    private func line(_ letter: DeadLetter) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ((try? encoder.encode(letter)) ?? Data()) + Data("\n".utf8)
    }
}
