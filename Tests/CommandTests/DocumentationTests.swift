import ArgumentParser
import Foundation
import Testing

@testable import Command

/// The documentation's commands, as the command line understands them.
@Suite struct DocumentationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// README.md and the pages beside the code.
    private static func pages() throws -> [(name: String, text: String)] {
        let folders = ["Functions", "Runtime", "Shared", "Tests"].flatMap { folder in
            (FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
                ?? [])
                .filter { $0.pathExtension == "md" }
        }
        return try ([root.appending(path: "README.md")] + folders).map {
            (String($0.path.dropFirst(root.path.count + 1)), try String(contentsOf: $0, encoding: .utf8))
        }
    }

    /// The lines `$ Runtime/bellwether …` of all pages, as words without the program.
    private static func commands() throws -> [[String]] {
        try pages().flatMap { page in
            page.text.split(separator: "\n").filter { $0.hasPrefix("$ Runtime/bellwether ") }.map {
                words($0.dropFirst("$ Runtime/bellwether ".count))
            }
        }
    }

    /// Splits as a shell does, as far as quotes go.
    private static func words(_ line: some StringProtocol) -> [String] {
        var words = [""]
        var quote: Character?
        for character in line {
            if character == quote {
                quote = nil
            } else if quote == nil, "\"'".contains(character) {
                quote = character
            } else if quote == nil, character == " " {
                words.append("")
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words.filter { !$0.isEmpty }
    }

    @Test func `Every command of the documentation is one that the command line takes`() throws {
        let commands = try Self.commands()
        #expect(commands.count >= 25)
        // These are the shell entry point's own, which `.ci/run` and the long tests run.
        for words in commands where !["test", "build", "picture"].contains(words[0]) {
            #expect(throws: Never.self, "\(words.joined(separator: " "))") { _ = try Bellwether.parseAsRoot(words) }
        }
    }

    @Test func `Pages are short and their links lead somewhere`() throws {
        for (name, text) in try Self.pages() {
            let count = text.split { $0.isWhitespace }.count
            #expect(count <= (name == "README.md" ? 1200 : 800), "\(name) has \(count) words")
            let folder = Self.root.appending(path: name).deletingLastPathComponent()
            for link in text.matches(of: /\]\(([^):#]+)\)/) {
                #expect(FileManager.default.fileExists(atPath: folder.appending(path: String(link.1)).path), "\(name) links to \(link.1)")
            }
        }
    }
}
