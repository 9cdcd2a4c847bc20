import Foundation
import Testing

@testable import Command

@Suite struct OutputFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "output-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    @Test func `A regular file is replaced and keeps its permissions`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(FileManager.default.createFile(atPath: path("a"), contents: Data("old".utf8), attributes: [.posixPermissions: 0o600]))
        try OutputFile(path("a")).write(Array("new".utf8))
        #expect(FileManager.default.contents(atPath: path("a")) == Data("new".utf8))
        #expect(try FileManager.default.attributesOfItem(atPath: path("a"))[.posixPermissions] as? Int == 0o600)
    }

    @Test func `A link stays and its target is replaced`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(FileManager.default.createFile(atPath: path("target"), contents: Data("old".utf8)))
        try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "target")
        try OutputFile(path("link")).write(Array("new".utf8))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link")) == "target")
        #expect(FileManager.default.contents(atPath: path("target")) == Data("new".utf8))
    }

    @Test func `A pipe is written into and stays a pipe`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let pipe = path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let reader = Task.detached { try FileHandle(forReadingFrom: URL(filePath: pipe)).readToEnd() }
        try OutputFile(pipe).write(Array("new".utf8))
        #expect(try await reader.value == Data("new".utf8))
        #expect(try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType != .typeRegular)
    }

    @Test func `What cannot be written is an error before the work`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: CommandError.self) { try OutputFile(folder.path) }
        #expect(throws: CommandError.self) { try OutputFile(path("missing/a")) }
    }
}
