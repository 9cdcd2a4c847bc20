import Foundation

/// `<state>/dead-letters.jsonl`: a readable copy of the journal's dead letters.
struct DeadLetterFile: Sendable {
    let path: String

    /// Rewrites the file when it has another number of letters than the journal, as after a crash.
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
        Data(JSONBody.encode(letter) + [UInt8(ascii: "\n")])
    }
}
