import Foundation
import HTTPServer
import Testing

@testable import Emulator

@Suite struct ControlTests {
    @Test func `The clock is set and advanced over HTTP and the status shows it`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        await stack.start(routes: [ControlRoute("POST", "/hook", authentication: .handler) { ServerResponse(status: 200, body: $0.body) }])
        let api = stack.signed
        let set = try await api.call("POST", "/emulator/clock?mode=held&at=2012-01-03T00:00:00Z")
        #expect(set.status == 200)
        let advanced = try await api.call("POST", "/emulator/advance?to=2012-01-05T00:00:00Z")
        let last = try #require(advanced.text.split(separator: "\n").last)
        let progress = try JSONDecoder().decode(AdvanceProgress.self, from: Data(last.utf8))
        #expect(progress.result == "done")
        #expect(progress.time == "2012-01-05T00:00:00Z")
        let status = try JSONDecoder().decode(
            EmulatorStatus.self, from: Data(try await api.call("GET", "/emulator/status").text.utf8))
        #expect(status.clock.mode == "held")
        #expect(status.clock.now == "2012-01-05T00:00:00Z")
        #expect(status.functions.map(\.name) == ["F"])
        #expect(try await api.call("POST", "/emulator/advance?to=soon").status == 400)
        #expect(try await api.call("POST", "/emulator/clock?mode=odd").status == 400)
        #expect(try await api.call("POST", "/emulator/clock?mode=running").status == 200)
        #expect(stack.clock.state.mode == .running)
        #expect(try await api.call("POST", "/hook", body: "{}").text == "{}")
        #expect(try await api.call("GET", "/nowhere").status == 404)
        try await stack.stop()
    }

    @Test func `An advance stops on request and goes on with another`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        let everyMinute = MinuteSource()
        await stack.start(sources: [everyMinute])
        let api = stack.signed
        #expect(try await api.call("POST", "/emulator/clock?mode=held&at=2012-01-03T00:00:00Z").status == 200)
        #expect(try await api.call("DELETE", "/emulator/advance").status == 200)
        async let advanced = api.call("POST", "/emulator/advance?to=2013-01-03T00:00:00Z")
        while stack.clock.now < VirtualTime("2012-01-03T00:02:00Z")! { try await Task.sleep(for: .milliseconds(5)) }
        let stopped = try await api.call("DELETE", "/emulator/advance")
        #expect(stopped.status == 200 && stopped.text.contains("\"mode\":\"held\""))
        let last = try #require(try await advanced.text.split(separator: "\n").last)
        let progress = try JSONDecoder().decode(AdvanceProgress.self, from: Data(last.utf8))
        #expect(progress.result == "stopped" && progress.time < "2013")
        let reached = stack.clock.now
        #expect(reached < VirtualTime("2013-01-03T00:00:00Z")!)
        let next = try await api.call("POST", "/emulator/advance?to=\(reached.adding(milliseconds: 60_000))")
        #expect(next.text.contains("\"result\":\"done\""))
        try await stack.stop()
    }

    /// Has a moment every minute and no events.
    private struct MinuteSource: TimedEventSource {
        func next(after time: VirtualTime) async -> VirtualTime? { VirtualTime(milliseconds: (time.milliseconds / 60_000 + 1) * 60_000) }
        func events(at time: VirtualTime) async -> [AsyncEvent] { [] }
    }

    @Test func `A payload is any JSON in UTF-8`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        await stack.start()
        let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
        for (body, status) in [("{\"a\":1e400}", 204), (deep, 204), ("", 204), ("{\"a\":1,}", 400), ("{'a':1}", 400), ("[1]2", 400)] {
            let response = try await stack.signed.call(
                "POST", "/2015-03-31/functions/F/invocations", body: body, more: [("X-Amz-Invocation-Type", "DryRun")])
            #expect(response.status == status, "\(body.prefix(20))")
        }
        try await stack.stop()
    }

    @Test func `A taken port is a clear error`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        var second = folder.configuration(folder.function("F"))
        second.stateFolder += "-2"
        second.apiPort = stack.apiPort
        await #expect(throws: HTTPListenerError.self) { try await EmulatedStack(second) }
        try await stack.stop()
    }

    @Test(
        arguments: [
            ("F", "F", nil), ("F:$LATEST", "F", "$LATEST"), ("arn:aws:lambda:eu-west-1:123456789012:function:F", "F", nil),
            ("arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3AF%3A3", "F", "3"), ("123456789012:function:F", "F", nil),
        ] as [(String, String, String?)])
    func `Functions are found by every reference that Lambda allows`(_ text: String, _ name: String, _ qualifier: String?) {
        #expect(FunctionReference(pathSegment: text)?.name == name)
        #expect(FunctionReference(pathSegment: text)?.qualifier == qualifier)
    }
}
