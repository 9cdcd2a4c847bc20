import Foundation
import Testing

@testable import Emulator

/// Dead letters that are accepted again or dropped.
@Suite struct FailedEventTests {
    private static let start = VirtualTime("2012-01-03T00:00:00Z")!

    /// A stack with a held clock whose function fails once for each id.
    private static func failing(_ folder: borrowing FunctionFolder, _ ids: [String]) async throws -> (EmulatedStack, StackConfiguration) {
        var function = folder.function("F")
        function.maximumRetryAttempts = 0
        var configuration = folder.configuration(function)
        configuration.initialClock = .held(at: start)
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        try await stack.accept(
            ids.map { id in
                let payload = #"{"do":"flaky","failures":1,"mark":"\#(id)"}"#
                return AsyncEvent(id: id, function: "F", payload: Array(payload.utf8), traceID: "Root=\(id)", tenantID: "t")
            })
        #expect(await eventually { await stack.status().queue.deadLetters == ids.count })
        return (stack, configuration)
    }

    private static func ids(_ response: PlainHTTP.Response) throws -> [String] {
        try JSONDecoder().decode(FailedEventIDs.self, from: Data(response.body)).ids
    }

    private static func body(_ ids: String...) throws -> String {
        String(decoding: try JSONEncoder().encode(FailedEventRequest(ids: ids)), as: UTF8.self)
    }

    @Test func `Failed events are listed, shown, retried and discarded`() async throws {
        let folder = try FunctionFolder()
        let (stack, configuration) = try await Self.failing(folder, ["s3/a", "s3/b", "s3/c"])
        let list = try JSONDecoder().decode(
            FailedEventList.self, from: Data(try await stack.signed.call("GET", "/emulator/failed").body))
        #expect(list.count == 3 && Set(list.events.map(\.id)) == ["s3/a", "s3/b", "s3/c"])
        #expect(list.events.allSatisfy { $0.error.contains("Function.Flaky") && $0.attempts == 1 && $0.shortID.count == 12 })
        let shown = try JSONDecoder().decode(
            DeadLetter.self, from: Data(try await stack.signed.call("GET", "/emulator/failed/event?id=s3%2Fa").body))
        #expect(shown.event == #"{"do":"flaky","failures":1,"mark":"s3/a"}"# && shown.traceID == "Root=s3/a" && shown.tenantID == "t")
        #expect(try await stack.signed.call("GET", "/emulator/failed/event?id=x").status == 404)
        #expect(try await stack.signed.call("POST", "/emulator/failed/retry", body: "{}").status == 400)

        let retried = try await stack.signed.call("POST", "/emulator/failed/retry", body: try Self.body("s3/a", "x"))
        #expect(try Self.ids(retried) == ["s3/a"])
        #expect(await eventually { folder.marks.filter { $0 == "s3/a" }.count == 2 })
        #expect(try Self.ids(try await stack.signed.call("POST", "/emulator/failed/retry", body: try Self.body("s3/a"))) == [])
        #expect(try Self.ids(try await stack.signed.call("POST", "/emulator/failed/discard", body: try Self.body("s3/b"))) == ["s3/b"])
        #expect(await eventually { await stack.status().queue.depth == 0 })
        #expect(await stack.status().deadLetters.map(\.id) == ["s3/c"])
        try await stack.stop()
        let lines = try String(contentsOfFile: "\(folder.state)/dead-letters.jsonl", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1 && lines[0].contains("s3/c"))

        let again = try await EmulatedStack(configuration)
        await again.start()
        #expect(await again.status().deadLetters.map(\.id) == ["s3/c"])
        // What succeeded, and what was discarded, is not delivered when its source sends it again.
        try await again.accept(["s3/a", "s3/b"].map { AsyncEvent(id: $0, function: "F", payload: Array(#"{"mark":"twice"}"#.utf8)) })
        #expect(await again.status().queue.depth == 0)
        #expect(!folder.marks.contains("twice"))
        try await again.stop()
    }

    /// A list has at most 1,000 events.
    @Test func `An old event is found by its id, and all events change at once`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        await stack.start()
        let ids = (0..<1010).map { "s3/\($0)." }
        try await stack.accept(ids.map { AsyncEvent(id: $0, function: $0 == "s3/7." ? "Other" : "Gone", payload: Array("{}".utf8)) })
        #expect(await eventually { await stack.status().queue.deadLetters == ids.count })
        let oldest = try #require(await stack.queue.deadLetters.first)
        for id in [oldest.id, oldest.shortID, String(oldest.shortID.prefix(10))] {
            let query = id.replacing("/", with: "%2F")
            let list = try JSONDecoder().decode(
                FailedEventList.self, from: Data(try await stack.signed.call("GET", "/emulator/failed?id=\(query)").body))
            #expect(list.events.map(\.id) == [oldest.id])
        }
        let body = String(decoding: try JSONEncoder().encode(FailedEventRequest(function: "Gone")), as: UTF8.self)
        let discarded = try Self.ids(try await stack.signed.call("POST", "/emulator/failed/discard", body: body))
        #expect(discarded.count == ids.count - 1)
        #expect(await stack.status().deadLetters.map(\.id) == ["s3/7."])
        let all = String(decoding: try JSONEncoder().encode(FailedEventRequest(function: nil)), as: UTF8.self)
        #expect(try Self.ids(try await stack.signed.call("POST", "/emulator/failed/discard", body: all)) == ["s3/7."])
        for wrong in [#"{"all":false}"#, #"{"ids":["a"],"all":true}"#, "[]"] {
            #expect(try await stack.signed.call("POST", "/emulator/failed/discard", body: wrong).status == 400)
        }
        try await stack.stop()
    }

    @Test func `A retried event is neither lost nor doubled by a crash at any moment`() async throws {
        let folder = try FunctionFolder()
        let ids = (0..<20).map { "s3/\($0)" }
        var (stack, configuration) = try await Self.failing(folder, ids)
        configuration.functions[0].reservedConcurrency = 3
        var rounds = 0
        while await stack.status().queue.deadLetters > 0 {
            rounds += 1
            let letters = await stack.status().deadLetters.prefix(4).map(\.id)
            let running = stack
            async let first = try? running.retryFailedEvents(letters)
            async let second = try? running.retryFailedEvents(letters)
            if rounds % 2 == 0 { try await Task.sleep(for: .milliseconds(rounds * 3)) }
            try await stack.abandon()
            let (one, other) = await (first, second)
            #expect((one?.count ?? 0) + (other?.count ?? 0) <= letters.count, "both calls retried the same event")
            stack = try await EmulatedStack(configuration)
            #expect(await stack.status().queue.depth + stack.status().queue.deadLetters <= ids.count)
            await stack.start()
            #expect(await eventually { await stack.status().queue.depth == 0 })
            try #require(rounds < 100)
        }
        #expect(await eventually { await stack.status().queue.depth == 0 })
        // Each event ran once before its failure and succeeded after it; a crash repeats a delivery that it interrupts.
        for id in ids { #expect(folder.marks.filter { $0 == id }.count >= 2, "\(id) was lost") }
        try await stack.stop()
    }

    @Test func `A second failure is another dead letter and another record`() async throws {
        let folder = try FunctionFolder()
        var function = folder.function("F")
        function.maximumRetryAttempts = 0
        function.onFailure = .init(arn: "arn:aws:lambda:us-east-1:000000000000:function:Sink", function: "Sink")
        var configuration = folder.configuration(function, folder.function("Sink", environment: ["RECORD": "1"]))
        configuration.initialClock = .held(at: Self.start)
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        try await stack.accept([AsyncEvent(id: "s3/a", function: "F", payload: Array(#"{"do":"error"}"#.utf8))])
        for count in 1...3 {
            #expect(await eventually { folder.marks.count == count })
            #expect(await stack.status().deadLetters.map(\.id) == ["s3/a"])
            if count < 3 { #expect(try await stack.retryFailedEvents(["s3/a"]) == ["s3/a"]) }
        }
        try await stack.stop()
    }
}

extension EmulatedStack {
    func retryFailedEvents(_ ids: [String]) async throws -> Set<String> {
        let body = String(decoding: try JSONEncoder().encode(FailedEventRequest(ids: ids)), as: UTF8.self)
        let response = try await signed.call("POST", "/emulator/failed/retry", body: body)
        guard response.status == 200 else { throw PlainHTTP.Failure() }
        return Set(try JSONDecoder().decode(FailedEventIDs.self, from: Data(response.body)).ids)
    }
}
