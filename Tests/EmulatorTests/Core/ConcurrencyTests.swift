import Foundation
import Testing

@testable import Emulator

@Suite struct ConcurrencyTests {
    @Test func `Simultaneous invocations run in their own environments and the warmest is used next`() async throws {
        let folder = try FunctionFolder()
        let machine = try await Machine(folder.configuration(folder.function("F")))
        let results = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<4 { group.addTask { try await machine.invoke("F", #"{"do":"hold","mark":1}"#).json["pid"] as? Int } }
            #expect(await eventually { folder.marks.count == 4 })
            folder.release()
            return try await group.reduce(into: [Int]()) { $0 += [$1].compactMap { $0 } }
        }
        #expect(Set(results).count == 4)
        await machine.pool.rest()
        let first = try await machine.invoke("F", #"{"do":"look"}"#).json["pid"] as? Int
        await machine.pool.rest()
        let second = try await machine.invoke("F", #"{"do":"look"}"#).json["pid"] as? Int
        #expect(first == second)
        #expect(await machine.status().functions[0].environments == 4)
        try await machine.stop()
        #expect(folder.processes == [])
    }

    @Test func `More jobs than environments wait`() async throws {
        let folder = try FunctionFolder()
        var configuration = folder.configuration(folder.function("F"))
        configuration.limits.environmentsPerFunction = 2
        let machine = try await Machine(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let result = try await machine.invoke("F", #"{"do":"sleep","seconds":0.05}"#)
                    #expect(result.functionError == nil)
                }
            }
            try await group.waitForAll()
        }
        #expect(await machine.status().functions[0].coldStarts == 2)
        try await machine.stop()
    }

    @Test func `Callers beyond the reserved concurrency are throttled and events wait`() async throws {
        let folder = try FunctionFolder()
        let machine = try await Machine(folder.configuration(folder.function("One", reserved: 1), folder.function("None", reserved: 0)))
        await machine.start()
        async let running = machine.invoke("One", #"{"do":"hold"}"#)
        #expect(await eventually { await machine.status().functions.contains { $0.running == 1 } })
        await #expect(throws: InvocationRefusal.throttled("One")) { try await machine.invoke("One", "{}") }
        await #expect(throws: InvocationRefusal.throttled("None")) { try await machine.invoke("None", "{}") }
        try await machine.accept((0..<5).map { AsyncEvent(id: "event/\($0)", function: "One", payload: [UInt8](#"{"mark":\#($0)}"#.utf8)) })
        folder.release()
        #expect(try await running.functionError == nil)
        #expect(await eventually { folder.marks.count == 5 })
        #expect(folder.marks == ["0", "1", "2", "3", "4"])
        #expect(await machine.status().functions.first { $0.name == "One" }?.coldStarts == 1)
        try await machine.stop()
    }

    @Test func `The whole machine has a limit too`() async throws {
        let folder = try FunctionFolder()
        var configuration = folder.configuration(folder.function("A"), folder.function("B"))
        configuration.limits.concurrentInvocations = 1
        let machine = try await Machine(configuration)
        async let running = machine.invoke("A", #"{"do":"hold"}"#)
        #expect(await eventually { await machine.status().functions[0].running == 1 })
        await #expect(throws: InvocationRefusal.throttled("B")) { try await machine.invoke("B", "{}") }
        folder.release()
        _ = try await running
        try await machine.stop()
    }

    @Test func `Idle environments are ended`() async throws {
        let folder = try FunctionFolder()
        var configuration = folder.configuration(folder.function("F"))
        configuration.limits.idleSeconds = 1
        let machine = try await Machine(configuration)
        let first = try await machine.invoke("F", #"{"do":"look"}"#).json["pid"] as? Int
        #expect(await eventually { folder.processes.isEmpty })
        #expect(try await machine.invoke("F", #"{"do":"look"}"#).json["pid"] as? Int != first)
        try await machine.stop()
    }

    @Test func `A payload over six mebibytes never reaches the function`() async throws {
        let folder = try FunctionFolder()
        let machine = try await Machine(folder.configuration(folder.function("F")))
        let payload = [UInt8](repeating: UInt8(ascii: "1"), count: 6 * 1024 * 1024 + 1)
        await #expect(throws: InvocationRefusal.payloadTooLarge(limit: 6 * 1024 * 1024)) {
            try await machine.invoke(Invocation(function: "F", payload: payload))
        }
        await #expect(throws: InvocationRefusal.unknownFunction("G")) { try await machine.invoke("G", "{}") }
        try await machine.stop()
        await #expect(throws: InvocationRefusal.unavailable) { try await machine.invoke("F", "{}") }
    }
}
