import Foundation
import Glibc
import Synchronization
import Testing
import Threads

@testable import LambdaRuntime

@Suite struct `Deadlines` {
    struct Sleeper: Function {
        init(_ environment: [String: String]) async throws {}
        func handle(_ event: String, _ context: Context) async throws -> String {
            switch event {
            case "wait": try await Task.sleep(for: .seconds(30))
            case "compute":
                while !Task.isCancelled {}
                try Task.checkCancellation()
            case "save": do { try await Task.sleep(for: .seconds(30)) } catch { return "saved" }
            case "block": usleep(6_000_000)
            case "ignore": for _ in 0..<600 { await Task.detached { _ = usleep(10_000) }.value }
            default: break
            }
            return event
        }
    }

    /// A busy machine lets a process wait for seconds: the margin is long by default. A handler is cancelled after what its event has more
    /// than the margin, and given up after half of the margin.
    private func run(_ script: [RuntimeServer.ScriptedResponse], margin: Duration = .seconds(20)) async -> Run {
        await LambdaRuntimeTests.run(["S": Sleeper.self], handler: "S", RuntimeServer(script), margin: margin)
    }

    @Test(arguments: ["wait", "compute"])
    func `A handler is cancelled before its deadline, the error is ours and the next event is served`(_ event: String) async throws {
        let run = await run([.event("\"\(event)\"", milliseconds: 20_500), .event("\"next\"", milliseconds: 60_000)])
        let error = try #require(run.posts.first)
        #expect(
            error.path.hasSuffix("/request-1/error") && error.headers["lambda-runtime-function-error-type"] == "Runtime.DeadlineExceeded")
        #expect((error.json?["errorMessage"] as? String)?.contains("request-1") == true)
        #expect(run.posts.last?.text == "\"next\"" && run.stuck.isEmpty)
    }

    @Test func `A handler that responds after its cancellation has its response sent`() async {
        let run = await run([.event("\"save\"", milliseconds: 20_500)])
        #expect(run.posts.map(\.text) == ["\"saved\""])
    }

    @Test(arguments: ["block", "ignore"])
    func `A handler that goes on regardless is reported in time and the process gives up`(_ event: String) async throws {
        let run = await run([.event("\"\(event)\"", milliseconds: 1500), .event("\"next\"")], margin: .seconds(1))
        #expect(run.stuck == [.handlerStuck] && run.code == .handlerStuck)
        #expect(run.posts.count == 1 && run.posts[0].json?["errorType"] as? String == "Runtime.DeadlineExceeded")
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "100000000000000", "-1", "18446744073709551616", "soon", ""])
    func `A deadline that no clock can mean is assumed`(_ deadline: String) async {
        let head = RuntimeServer.ScriptedResponse.eventHead(milliseconds: nil, ["Lambda-Runtime-Deadline-Ms": deadline])
        let run = await run([.bytes([Array("\(head)Content-Length: 3\r\n\r\n\"x\"".utf8)]), .event("\"next\"")])
        #expect(run.posts.map(\.text) == ["\"x\"", "\"next\""] && run.stuck.isEmpty)
    }

    @Test func `An invocation whose deadline has passed is reported at once and the next one is served`() async throws {
        let run = await run([.event("\"x\"", milliseconds: -2000), .event("\"next\"", milliseconds: 60_000)])
        #expect(run.posts.first?.path.hasSuffix("/request-1/error") == true)
        #expect((run.posts.first?.json?["errorMessage"] as? String)?.contains("before the handler began") == true)
        #expect(run.posts.last?.text == "\"next\"" && run.stuck.isEmpty)
    }

    /// A busy machine may not let the handler begin for seconds.
    @Test func `An invocation that expires before its handler begins is reported and its handler does not run`() async throws {
        let past = Deadline.after(.milliseconds(-1))
        let running = RunningInvocation(Context(requestId: "r", deadline: past), expiry: past, wake: WakeSignal())
        let watchdog = Watchdog { _ in Issue.record("no handler is stuck") }
        defer { watchdog.close() }
        watchdog.watch(running)
        for _ in 0..<500 where running.outcome == nil { usleep(10_000) }
        guard case .failure(let error)? = running.outcome else {
            Issue.record("\(String(describing: running.outcome))")
            return
        }
        #expect(error.type == "Runtime.DeadlineExceeded" && error.message.contains("before the handler began"))
        #expect(await Task { running.begin() }.value == false)
        running.end(.success(EncodedResponse(body: [], contentType: "")))
        #expect(running.outcome == .failure(error))
    }

    @Test func `A watchdog that got no thread tries again with the next invocation`() {
        let starts = Mutex(0)
        let watchdog = Watchdog(
            startThread: { body in
                let count = starts.withLock { count in
                    count += 1
                    return count
                }
                return count == 1 ? EAGAIN : Thread.start(body)
            }, expired: { _ in })
        defer { watchdog.close() }
        let past = Deadline.after(.milliseconds(-1))
        let first = RunningInvocation(Context(requestId: "1", deadline: past), expiry: past, wake: WakeSignal())
        watchdog.watch(first)
        let second = RunningInvocation(Context(requestId: "2", deadline: past), expiry: past, wake: WakeSignal())
        watchdog.watch(second)
        for _ in 0..<500 where second.outcome == nil { usleep(10_000) }
        #expect(first.outcome == nil && second.outcome != nil && starts.withLock { $0 } == 2)
    }

    @Test func `A cancellation before the handler begins reaches the handler`() async {
        let running = RunningInvocation(Context(), expiry: .after(.seconds(60)), wake: WakeSignal())
        running.cancel()
        let isCancelled = await Task { running.begin() && Task.isCancelled }.value
        #expect(isCancelled)
    }

    @Test func `The margin is a tenth of the time but no more than the setting`() {
        let settings = RuntimeSettings(["DEADLINE_MARGIN_MS": "200"])
        #expect(settings.margin(within: .seconds(1)) == .milliseconds(100) && settings.margin(within: .seconds(900)) == .milliseconds(200))
        #expect(RuntimeSettings(["DEADLINE_MARGIN_MS": "-1"]).margin == .milliseconds(300))
    }
}
