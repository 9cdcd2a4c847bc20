import Foundation
import Synchronization
import Testing

@testable import Emulator

/// Fires at every multiple of a period.
private struct Ticker: TimedEventSource {
    var period: Int64
    var seconds = 0.0
    var isHeld = false

    func next(after time: VirtualTime) async -> VirtualTime? { VirtualTime(milliseconds: (time.milliseconds / period + 1) * period) }

    func events(at time: VirtualTime) async -> [AsyncEvent] {
        guard time.milliseconds % period == 0 else { return [] }
        let payload = #"{"do":"\#(isHeld ? "hold" : "sleep")","seconds":\#(seconds),"mark":"\#(time)"}"#
        return [AsyncEvent(id: "tick/\(time)", function: "F", payload: [UInt8](payload.utf8))]
    }
}

/// Fires once a second. `events(at:)` returns only after the test sets `mayReturn`.
private final class SlowSource: TimedEventSource {
    let isCalled = Mutex(false)
    let mayReturn = Mutex(false)

    func next(after time: VirtualTime) async -> VirtualTime? { VirtualTime(milliseconds: (time.milliseconds / 1000 + 1) * 1000) }

    func events(at time: VirtualTime) async -> [AsyncEvent] {
        isCalled.withLock { $0 = true }
        while !mayReturn.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)) }
        return [AsyncEvent(id: "slow/\(time)", function: "F", payload: [UInt8]("{}".utf8))]
    }
}

/// Sends one event during the first call of `quiesce`, as a notification in transit does.
private final class LateObject: QuiescenceSource {
    private let stack: EmulatedStack
    private let isDone = Mutex(false)

    init(_ stack: EmulatedStack) { self.stack = stack }

    func quiesce() async throws {
        guard isDone.withLock({ !exchange(&$0, true) }) else { return }
        try await stack.accept([AsyncEvent(id: "late", function: "F", payload: [UInt8](#"{"mark":"late"}"#.utf8))])
    }

    private func exchange(_ value: inout Bool, _ new: Bool) -> Bool {
        defer { value = new }
        return value
    }
}

@Suite struct ClockTests {
    private static func configuration(_ folder: borrowing FunctionFolder) -> StackConfiguration {
        var configuration = folder.configuration(folder.function("F"))
        configuration.initialClock = .held(at: VirtualTime("2012-01-03T00:00:00Z")!)
        return configuration
    }

    @Test func `Every event is processed before the next one fires`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(Self.configuration(folder))
        await stack.start(sources: [Ticker(period: 3_600_000, seconds: 0.02), Ticker(period: 7_200_000)])
        var steps: [AdvanceProgress] = []
        for await step in try await stack.advance(to: VirtualTime("2012-01-04T00:30:00Z")!) { steps.append(step) }
        #expect(folder.marks == (1...24).map { $0 == 24 ? "2012-01-04T00:00:00Z" : "2012-01-03T\($0 < 10 ? "0" : "")\($0):00:00Z" })
        #expect(steps.last?.result == "done")
        #expect(steps.last?.fraction == 1)
        #expect(stack.clock.state == .held(at: VirtualTime("2012-01-04T00:30:00Z")!))
        #expect(await stack.status().functions[0].coldStarts == 1)
        try await stack.stop()
    }

    @Test func `An advance continues after a crash without loss or repetition`() async throws {
        let folder = try FunctionFolder()
        let configuration = Self.configuration(folder)
        for attempt in 0..<4 {
            let stack = try await EmulatedStack(configuration)
            await stack.start(sources: [Ticker(period: 3_600_000, seconds: 0.1)])
            let before = folder.marks.count
            let stream = try await stack.advance(to: VirtualTime("2012-01-04T00:00:00Z")!)
            if attempt < 3 {
                #expect(await eventually { folder.marks.count >= before + 4 })
                try await stack.abandon()
            } else {
                for await _ in stream {}
                try await stack.stop()
            }
        }
        #expect(Set(folder.marks).count == 24)
        #expect(folder.marks.count <= 24 + 3)
    }

    @Test func `The clock does not move before sources are quiescent`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(Self.configuration(folder))
        await stack.start(sources: [Ticker(period: 3_600_000)], quiescenceSources: [LateObject(stack)])
        _ = try await stack.runAdvance(to: "2012-01-03T01:00:00Z")
        #expect(folder.marks == ["late", "2012-01-03T01:00:00Z"])
        try await stack.stop()
    }

    @Test func `A second advance joins the same target and is rejected for another`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(Self.configuration(folder))
        await stack.start(sources: [Ticker(period: 3_600_000, isHeld: true)])
        let target = VirtualTime("2012-01-03T05:00:00Z")!
        _ = try await stack.advance(to: target)
        await #expect(throws: AdvanceInProgressError.self) { try await stack.advance(to: .real) }
        folder.release()
        #expect(try await stack.runAdvance(to: "2012-01-03T05:00:00Z")?.result == "done")
        #expect(folder.marks.count == 5)
        try await stack.stop()
    }

    @Test func `The clock keeps its time across a restart`() async throws {
        let folder = try FunctionFolder()
        let configuration = Self.configuration(folder)
        let first = try await EmulatedStack(configuration)
        await first.start()
        _ = try await first.runAdvance(to: "2013-03-01T00:00:00Z")
        try await first.stop()
        let second = try await EmulatedStack(configuration)
        #expect(second.clock.now.description == "2013-03-01T00:00:00Z")
        await second.start()
        try await second.setClock(.running(offset: -1_000_000))
        try await second.stop()
        let third = try await EmulatedStack(configuration)
        #expect(third.clock.state.mode == .running)
        let before = VirtualTime.real.milliseconds
        let shown = third.clock.now.milliseconds + 1_000_000
        #expect(before...VirtualTime.real.milliseconds ~= shown)
        try await third.stop()
    }

    @Test func `Sources fire in real time while the clock runs`() async throws {
        let folder = try FunctionFolder()
        var configuration = Self.configuration(folder)
        configuration.initialClock = .running()
        configuration.functions[0].reservedConcurrency = 1
        let stack = try await EmulatedStack(configuration)
        await stack.start(sources: [Ticker(period: 200)])
        #expect(await eventually { folder.marks.count >= 4 })
        let times = folder.marks.compactMap { VirtualTime($0)?.milliseconds }
        #expect(times == times.sorted())
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 200 })
        try await stack.stop()
    }

    @Test func `A hold while a schedule fires is not undone`() async throws {
        let folder = try FunctionFolder()
        var configuration = Self.configuration(folder)
        configuration.initialClock = .running()
        let stack = try await EmulatedStack(configuration)
        let source = SlowSource()
        await stack.start(sources: [source])
        #expect(await eventually { source.isCalled.withLock { $0 } })
        let hold = VirtualTime("2012-02-01")!
        let holding = Task { try await stack.setClock(.held(at: hold)) }
        try await Task.sleep(for: .milliseconds(100))
        source.mayReturn.withLock { $0 = true }
        try await holding.value
        #expect(await eventually { await stack.status().queue.accepted >= 1 })
        #expect(stack.clock.state == .held(at: hold))
        try await stack.stop()
    }

    @Test func `Times are parsed and formatted as RFC 3339`() {
        #expect(VirtualTime("2012-01-03T22:30:00Z")?.milliseconds == 1_325_629_800_000)
        #expect(VirtualTime("2012-01-03T17:30:00-05:00")?.milliseconds == 1_325_629_800_000)
        #expect(VirtualTime("2012-01-03T22:30:00.250Z")?.description == "2012-01-03T22:30:00.250Z")
        #expect(VirtualTime("2012-01-03")?.description == "2012-01-03T00:00:00Z")
        #expect(VirtualTime("yesterday") == nil)
        for milliseconds in stride(from: Int64(-2_000_003), to: 2_000_000, by: 7919) {
            let time = VirtualTime(milliseconds: milliseconds)
            #expect(VirtualTime(time.description) == time)
        }
    }
}
