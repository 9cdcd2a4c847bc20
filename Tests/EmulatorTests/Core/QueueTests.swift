import Foundation
import Hashing
import Synchronization
import Testing

@testable import Emulator

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct QueueTests {
    private static let start = VirtualTime("2012-01-03T00:00:00Z")!

    private static func event(_ id: String, _ payload: String) -> AsyncEvent {
        AsyncEvent(id: id, function: "F", payload: [UInt8](payload.utf8))
    }

    private static func held(_ folder: borrowing FunctionFolder, _ function: FunctionDefinition) -> StackConfiguration {
        var configuration = folder.configuration(function)
        configuration.initialClock = .held(at: start)
        return configuration
    }

    @Test func `Accepted events are delivered after a crash`() async throws {
        let folder = try FunctionFolder()
        let configuration = folder.configuration(folder.function("F"))
        let crashed = try await EmulatedStack(configuration)
        try await crashed.accept([Self.event("a", #"{"mark":"a"}"#), Self.event("b", #"{"mark":"b"}"#)])
        try await crashed.abandon()
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        #expect(await eventually { folder.marks.sorted() == ["a", "b"] })
        #expect(await eventually { await stack.status().queue.depth == 0 })
        try await stack.stop()
        let third = try await EmulatedStack(configuration)
        #expect(await third.status().queue.depth == 0)
        try await third.stop()
    }

    @Test func `A delivery that a crash interrupts is repeated`() async throws {
        let folder = try FunctionFolder()
        let configuration = folder.configuration(folder.function("F"))
        let crashed = try await EmulatedStack(configuration)
        await crashed.start()
        try await crashed.accept([Self.event("a", #"{"do":"hold","mark":"a"}"#)])
        #expect(await eventually { folder.marks == ["a"] })
        try await crashed.abandon()
        folder.release()
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        #expect(await eventually { folder.marks == ["a", "a"] })
        try await stack.stop()
    }

    @Test func `Events with the same id are one event, also after the end and a restart`() async throws {
        let folder = try FunctionFolder()
        let configuration = folder.configuration(folder.function("F"))
        let first = try await EmulatedStack(configuration)
        await first.start()
        try await first.accept([Self.event("a", #"{"mark":1}"#), Self.event("a", #"{"mark":2}"#)])
        try await first.accept([Self.event("a", #"{"mark":3}"#)])
        #expect(await eventually { await first.status().queue.finished == 1 })
        try await first.accept([Self.event("a", #"{"mark":4}"#)])
        try await first.stop()
        for _ in 0..<2 {
            let again = try await EmulatedStack(configuration)
            await again.start()
            try await again.accept([Self.event("a", #"{"mark":5}"#)])
            #expect(await again.status().queue.depth == 0)
            try await again.stop()
        }
        #expect(folder.marks == ["1"])
    }

    @Test func `Function errors are retried twice in virtual time and then become dead letters`() async throws {
        let folder = try FunctionFolder()
        let configuration = Self.held(folder, folder.function("F"))
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        try await stack.accept([Self.event("a", #"{"do":"error","mark":"x"}"#)])
        _ = try await stack.runAdvance(to: "2012-01-03T00:00:59Z")
        #expect(folder.marks.count == 1)
        #expect(await stack.status().queue.nextDue == "2012-01-03T00:01:00Z")
        _ = try await stack.runAdvance(to: "2012-01-03T00:02:59Z")
        #expect(folder.marks.count == 2)
        #expect(await stack.status().deadLetters.isEmpty)
        _ = try await stack.runAdvance(to: "2012-01-04")
        #expect(folder.marks.count == 3)
        let letter = try #require(await stack.status().deadLetters.first)
        #expect(letter.attempts == 3)
        #expect(letter.time == "2012-01-03T00:03:00Z")
        #expect(letter.error.contains("Function.Odd"))
        #expect(letter.event == #"{"do":"error","mark":"x"}"#)
        try await stack.stop()
        let lines = try String(contentsOfFile: "\(folder.state)/dead-letters.jsonl", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1)
        try FileManager.default.removeItem(atPath: "\(folder.state)/dead-letters.jsonl")
        let again = try await EmulatedStack(configuration)
        #expect(await again.status().queue.deadLetters == 1)
        #expect(await eventually { FileManager.default.fileExists(atPath: "\(folder.state)/dead-letters.jsonl") })
        try await again.stop()
    }

    @Test func `A successful retry ends the event and attempts survive a crash`() async throws {
        let folder = try FunctionFolder()
        let configuration = Self.held(folder, folder.function("F"))
        let crashed = try await EmulatedStack(configuration)
        await crashed.start()
        try await crashed.accept([Self.event("a", #"{"do":"flaky","failures":2,"mark":"m"}"#)])
        #expect(await eventually { await crashed.status().queue.nextDue != nil })
        try await crashed.accept([Self.event("b", "{}")])
        try await crashed.abandon()
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        #expect(await stack.status().queue.nextDue == "2012-01-03T00:01:00Z")
        let last = try await stack.runAdvance(to: "2012-01-03T01:00:00Z")
        #expect(last?.result == "done")
        #expect(folder.marks.count == 3)
        #expect(await stack.status().queue.depth == 0)
        #expect(await stack.status().deadLetters.isEmpty)
        try await stack.stop()
    }

    @Test func `Throttled deliveries are no attempts but the event's age counts`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(Self.held(folder, folder.function("F", reserved: 0)))
        await stack.start()
        try await stack.accept([Self.event("a", "{}")])
        _ = try await stack.runAdvance(to: "2012-01-03T05:00:00Z")
        #expect(await stack.status().queue.depth == 1)
        _ = try await stack.runAdvance(to: "2012-01-03T07:00:00Z")
        let letter = try #require(await stack.status().deadLetters.first)
        #expect(letter.attempts == 0)
        #expect(letter.error == "throttled")
        try await stack.stop()
    }

    @Test func `With faults every event is delivered twice and out of order`() async throws {
        let folder = try FunctionFolder()
        var configuration = folder.configuration(folder.function("F", reserved: 1))
        configuration.faults = FaultPlan(seed: 7)
        let stack = try await EmulatedStack(configuration)
        try await stack.accept((0..<20).map { Self.event("e/\($0)", #"{"mark":\#($0)}"#) })
        await stack.start()
        #expect(await eventually { await stack.status().queue.depth == 0 })
        let marks = folder.marks.compactMap(Int.init)
        #expect(marks.sorted() == (0..<20).flatMap { [$0, $0] })
        #expect(marks != marks.sorted())
        try await stack.stop()
    }

    @Test func `A second emulator on the same state folder is an error`() async throws {
        let folder = try FunctionFolder()
        let configuration = folder.configuration(folder.function("F"))
        let stack = try await EmulatedStack(configuration)
        await #expect(throws: JournalError.self) { try await EmulatedStack(configuration) }
        try await stack.stop()
        let next = try await EmulatedStack(configuration)
        try await next.stop()
    }

    @Test func `A last line without its end is ignored, any other damage is an error`() throws {
        let pending = PendingEvent(event: Self.event("a", #"{"text":"ä"}"#), acceptedAt: Self.start)
        let records: [JournalRecord] = [
            .accepted(pending), .clockMoved(.held(at: Self.start), [pending]), .retryScheduled(id: "a", attempts: 1, due: Self.start),
            .finished(id: "a"), .retried(id: "b", at: Self.start), .discarded(id: "c"),
            .finishedBefore([EventFingerprint("a"), EventFingerprint("b")]),
        ]
        let bytes = try JournalFormat.encode(records)
        let last = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        #expect(try JournalFormat.decode(bytes) == .init(records: records))
        for end in last + 1..<bytes.count {
            #expect(try JournalFormat.decode(Array(bytes[..<end])) == .init(records: records.dropLast(), tornBytes: end - last))
        }
        #expect(try JournalFormat.decode(bytes + [0, 0, 0]) == .init(records: records, tornBytes: 3))
        var broken = bytes
        broken[last + 20] ^= 1
        #expect(throws: JournalFormat.DamagedLine(line: records.count, damage: .checksum)) { try JournalFormat.decode(broken) }
        broken = bytes
        broken[20] ^= 1
        #expect(throws: JournalFormat.DamagedLine(line: 1, damage: .checksum)) { try JournalFormat.decode(broken) }
        #expect(throws: JournalFormat.DamagedLine(line: 2, damage: .checksum)) {
            try JournalFormat.decode(try JournalFormat.encode([records[0]]) + [10] + bytes)
        }
        for foreign in [#"{"record":"moved_on","id":"a"}"#, #"{"record":"finished"}"#, "[]"] {
            let sum = String(CRC32.checksum(Array(foreign.utf8)), radix: 16)
            let line = Array((String(repeating: "0", count: 8 - sum.count) + sum + " " + foreign + "\n").utf8)
            #expect(throws: JournalFormat.DamagedLine(line: records.count + 1, damage: .record)) { try JournalFormat.decode(bytes + line) }
        }
    }

    @Test func `A damaged journal is an error that names the line and changes nothing`() async throws {
        let folder = try FunctionFolder()
        let configuration = folder.configuration(folder.function("F"))
        let first = try await EmulatedStack(configuration)
        #expect(first.recoveryNotice == nil)
        try await first.accept([Self.event("a", #"{"mark":"a"}"#), Self.event("b", #"{"mark":"b"}"#)])
        try await first.stop()
        let path = "\(folder.state)/journal"
        let whole = try #require(FileManager.default.contents(atPath: path))
        let lines = whole.count { $0 == UInt8(ascii: "\n") }
        // The first line, and the last one, whose event was acknowledged.
        for (offset, line) in [(30, 1), (whole.count - 10, lines)] {
            var damaged = whole
            damaged[damaged.index(damaged.startIndex, offsetBy: offset)] ^= 1
            try damaged.write(to: URL(filePath: path))
            let failure = await #expect(throws: JournalError.self) { try await EmulatedStack(configuration) }
            #expect(failure?.description.contains("\(path), line \(line), is damaged") == true, "\(failure?.description ?? "")")
            #expect(failure?.description.contains("Restore the file from a copy") == true)
            #expect(FileManager.default.contents(atPath: path) == damaged)
        }
        try (whole + Data("torn".utf8)).write(to: URL(filePath: path))
        let stack = try await EmulatedStack(configuration)
        #expect(stack.recoveryNotice?.contains("its 4 bytes were removed") == true)
        #expect(await stack.status().problems == [stack.recoveryNotice])
        await stack.start()
        #expect(await eventually { folder.marks.sorted() == ["a", "b"] })
        try await stack.stop()
    }

    @Test func `A journal that is closed while it is replaced leaves no open file`() async throws {
        let folder = try FunctionFolder()
        try FileManager.default.createDirectory(atPath: folder.state, withIntermediateDirectories: true)
        let syncs = Mutex(0)
        let opened = try await Journal.open(in: folder.state) { _ in
            let count = syncs.withLock { count in
                count += 1
                return count
            }
            // The first append fails, so that the second one replaces the file.
            if count == 3 { usleep(300_000) }
            return count == 2 ? -1 : 0
        }
        func openFiles() -> [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
            return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
                .filter { $0.hasPrefix(folder.state) }
        }
        let journal = opened.journal
        await #expect(throws: JournalError.self) { try await journal.write([.finished(id: "a")]) }
        async let second: Void? = try? journal.write([.finished(id: "b")])
        #expect(await eventually { syncs.withLock { $0 } == 3 })
        #expect(!openFiles().isEmpty)
        await journal.abandon()
        _ = await second
        #expect(openFiles() == [])
    }

    /// A thread of Swift's pool that waits for a disk keeps every task of the process waiting.
    @Test func `Waiting for the disk leaves Swift's threads alone`() async throws {
        let folder = try FunctionFolder()
        try FileManager.default.createDirectory(atPath: folder.state, withIntermediateDirectories: true)
        let names = Mutex<[String]>([])
        let opened = try await Journal.open(in: folder.state) { file in
            let name = FileManager.default.contents(atPath: "/proc/thread-self/comm") ?? Data()
            names.withLock { $0.append(String(decoding: name, as: UTF8.self)) }
            return fdatasync(file)
        }
        try await opened.journal.write([.finished(id: "a")])
        try await opened.journal.writeLater([.finished(id: "b")])
        try await opened.journal.close()
        let all = names.withLock { $0 }
        #expect(all.count >= 3 && all.allSatisfy { $0.hasPrefix("TP-") }, "\(all)")
    }

    @Test func `A snapshot has the same state as the records it replaces`() {
        let pending = (0..<5).map { PendingEvent(event: Self.event("s/\($0)", "{}"), acceptedAt: Self.start) }
        let letter = DeadLetter(id: "s/1", function: "F", event: "{}", error: "no", attempts: 3, time: "")
        let state = JournalState(
            pending.map { .accepted($0) } + [
                .finished(id: "s/0"), .deadLettered(letter), .retryScheduled(id: "s/2", attempts: 2, due: Self.start),
                .clockMoved(.held(at: Self.start), []),
            ])
        let again = JournalState(state.snapshot)
        #expect(again.pending == state.pending)
        #expect(again.pending.map(\.event.id) == ["s/2", "s/3", "s/4"])
        #expect(again.pending[0].attempts == 2)
        #expect(again.finished == state.finished)
        #expect(again.finished == [EventFingerprint("s/0"), EventFingerprint("s/1")])
        #expect(again.deadLetters == [letter])
        #expect(again.clock == .held(at: Self.start))
    }

    @Test func `The journal shrinks while it is written`() async throws {
        let folder = try FunctionFolder()
        try FileManager.default.createDirectory(atPath: folder.state, withIntermediateDirectories: true)
        let journal = try await Journal.open(in: folder.state).journal
        let text = String(repeating: "z", count: 1 << 20)
        for number in 0..<40 {
            try await journal.write([.accepted(PendingEvent(event: Self.event("n/\(number)", text), acceptedAt: Self.start))])
            if number < 38 { try await journal.writeLater([.finished(id: "n/\(number)")]) }
        }
        try await journal.close()
        let bytes = try #require(FileManager.default.contents(atPath: "\(folder.state)/journal"))
        #expect(bytes.count < 24 << 20)
        let state = JournalState(try JournalFormat.decode([UInt8](bytes)).records)
        #expect(state.pending.map(\.event.id) == ["n/38", "n/39"])
        #expect(state.finished.count == 38)
    }
}
