import Foundation
import Testing

@testable import Emulator

@Suite(.enabled(if: SmallDisk.isAllowed, "SKIPPED: mounting a small disk wants root"), .serialized)
struct FullDiskTests {
    private static func event(_ id: String, size: Int = 0) -> AsyncEvent {
        AsyncEvent(
            id: id, function: "F", payload: [UInt8](#"{"mark":"\#(id)","pad":"\#(String(repeating: "p", count: size))"}"#.utf8))
    }

    @Test func `Events are acknowledged only on disk and accepted again once there is space`() async throws {
        let folder = try FunctionFolder()
        let disk = try SmallDisk.mount(over: folder.state, kilobytes: 400)
        let configuration = folder.configuration(folder.function("F"))
        let stack = try await EmulatedStack(configuration)
        try await stack.accept([Self.event("before")])
        disk.fill(leaving: 8192)
        let failure = await #expect(throws: JournalError.self) { try await stack.accept([Self.event("refused", size: 60_000)]) }
        #expect(failure?.description.contains("the disk is full") == true)
        let answer = try await invoke(stack, #"{"mark":"late","pad":"\#(String(repeating: "p", count: 60_000))"}"#)
        #expect(answer.status == 500)
        #expect(answer.text.contains("the disk is full") && answer.text.contains("free some space"))
        #expect(await stack.status().problems.contains { $0.contains("the disk is full") && $0.contains(folder.state) })
        #expect(DiskSpace.problem(of: folder.state)?.contains("free some space on the disk that holds \(folder.state)") == true)
        disk.empty()
        try await stack.accept([Self.event("after", size: 60_000)])
        #expect(await stack.status().problems.isEmpty)
        try await stack.abandon()
        let bytes = try #require(FileManager.default.contents(atPath: "\(folder.state)/journal"))
        let lines = bytes.count { $0 == UInt8(ascii: "\n") }
        #expect(try JournalFormat.decode([UInt8](bytes)).records.count == lines && bytes.last == UInt8(ascii: "\n"))
        let again = try await EmulatedStack(configuration)
        await again.start()
        #expect(await eventually { await again.status().queue.depth == 0 })
        #expect(folder.marks.sorted() == ["after", "before"])
        try await again.stop()
        _ = consume disk
    }

    @Test func `Finished events are recorded once a full disk has space`() async throws {
        let folder = try FunctionFolder()
        let disk = try SmallDisk.mount(over: folder.state, kilobytes: 400)
        let configuration = folder.configuration(folder.function("F"))
        let stack = try await EmulatedStack(configuration)
        // More records than fit into the last block of the journal.
        try await stack.accept((0..<200).map { Self.event("e/\($0)") })
        disk.fill()
        await stack.start()
        #expect(await eventually { await stack.status().queue.finished == 200 })
        #expect(Self.finished(folder.state) < 200)
        disk.empty()
        #expect(await eventually { Self.finished(folder.state) == 200 })
        try await stack.abandon()
        #expect(JournalState(try JournalFormat.decode(Array(Self.journal(folder.state).utf8)).records).pending.isEmpty)
        _ = consume disk
    }

    @Test func `A start on a full disk is an error that says what to do`() async throws {
        let folder = try FunctionFolder()
        let disk = try SmallDisk.mount(over: folder.state, kilobytes: 64)
        try FileManager.default.createDirectory(atPath: "\(folder.state)/logs", withIntermediateDirectories: true)
        disk.fill()
        let configuration = folder.configuration(folder.function("F"))
        let failure = await #expect(throws: JournalError.self) { try await EmulatedStack(configuration) }
        #expect(failure?.description.contains("free some space") == true)
        disk.empty()
        let stack = try await EmulatedStack(configuration)
        try await stack.stop()
        _ = consume disk
    }

    private static func finished(_ folder: String) -> Int { journal(folder).components(separatedBy: #""finished""#).count - 1 }

    private static func journal(_ folder: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(folder)/journal") ?? Data(), as: UTF8.self)
    }

    private func invoke(_ stack: EmulatedStack, _ body: String) async throws -> PlainHTTP.Response {
        try await stack.signed.call(
            "POST", "/2015-03-31/functions/F/invocations", body: body, more: [("X-Amz-Invocation-Type", "Event")])
    }
}
