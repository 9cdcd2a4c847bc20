import Foundation
import Testing

@testable import Emulator

@Suite struct ConcurrencyTests {
    @Test func `Simultaneous invocations run in separate environments and the last used one is reused`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        let results = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<4 { group.addTask { try await stack.invoke("F", #"{"do":"hold","mark":1}"#).json["pid"] as? Int } }
            #expect(await eventually { folder.marks.count == 4 })
            folder.release()
            return try await group.reduce(into: [Int]()) { $0 += [$1].compactMap { $0 } }
        }
        #expect(Set(results).count == 4)
        await stack.pool.waitUntilIdle()
        let first = try await stack.invoke("F", #"{"do":"look"}"#).json["pid"] as? Int
        await stack.pool.waitUntilIdle()
        let second = try await stack.invoke("F", #"{"do":"look"}"#).json["pid"] as? Int
        #expect(first == second)
        #expect(await stack.status().functions[0].environments == 4)
        try await stack.stop()
        #expect(folder.processes == [])
    }

    @Test func `Invocations beyond the environment limit wait`() async throws {
        let folder = try FunctionFolder()
        var configuration = folder.configuration(folder.function("F"))
        configuration.limits.environmentsPerFunction = 2
        let stack = try await EmulatedStack(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let result = try await stack.invoke("F", #"{"do":"sleep","seconds":0.05}"#)
                    #expect(result.functionError == nil)
                }
            }
            try await group.waitForAll()
        }
        #expect(await stack.status().functions[0].coldStarts == 2)
        try await stack.stop()
    }

    @Test func `Callers beyond the reserved concurrency are throttled and events wait`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("One", reserved: 1), folder.function("None", reserved: 0)))
        await stack.start()
        async let running = stack.invoke("One", #"{"do":"hold"}"#)
        #expect(await eventually { await stack.status().functions.contains { $0.running == 1 } })
        await #expect(throws: InvocationError.throttled("One")) { try await stack.invoke("One", "{}") }
        await #expect(throws: InvocationError.throttled("None")) { try await stack.invoke("None", "{}") }
        try await stack.accept((0..<5).map { AsyncEvent(id: "event/\($0)", function: "One", payload: [UInt8](#"{"mark":\#($0)}"#.utf8)) })
        folder.release()
        #expect(try await running.functionError == nil)
        #expect(await eventually { folder.marks.count == 5 })
        #expect(folder.marks == ["0", "1", "2", "3", "4"])
        #expect(await stack.status().functions.first { $0.name == "One" }?.coldStarts == 1)
        try await stack.stop()
    }

    @Test func `The stack has a limit of concurrent invocations`() async throws {
        let folder = try FunctionFolder()
        var configuration = folder.configuration(folder.function("A"), folder.function("B"))
        configuration.limits.concurrentInvocations = 1
        let stack = try await EmulatedStack(configuration)
        async let running = stack.invoke("A", #"{"do":"hold"}"#)
        #expect(await eventually { await stack.status().functions[0].running == 1 })
        await #expect(throws: InvocationError.throttled("B")) { try await stack.invoke("B", "{}") }
        folder.release()
        _ = try await running
        try await stack.stop()
    }

    @Test func `Idle environments are ended`() async throws {
        let folder = try FunctionFolder()
        var configuration = folder.configuration(folder.function("F"))
        configuration.limits.idleSeconds = 1
        let stack = try await EmulatedStack(configuration)
        let first = try await stack.invoke("F", #"{"do":"look"}"#).json["pid"] as? Int
        #expect(await eventually { folder.processes.isEmpty })
        #expect(try await stack.invoke("F", #"{"do":"look"}"#).json["pid"] as? Int != first)
        try await stack.stop()
    }

    @Test func `A payload over six mebibytes never reaches the function`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        let payload = [UInt8](repeating: UInt8(ascii: "1"), count: 6 * 1024 * 1024 + 1)
        await #expect(throws: InvocationError.payloadTooLarge(limit: 6 * 1024 * 1024)) {
            try await stack.invoke(Invocation(function: "F", payload: payload))
        }
        await #expect(throws: InvocationError.unknownFunction("G")) { try await stack.invoke("G", "{}") }
        try await stack.stop()
        await #expect(throws: InvocationError.unavailable) { try await stack.invoke("F", "{}") }
    }
}
