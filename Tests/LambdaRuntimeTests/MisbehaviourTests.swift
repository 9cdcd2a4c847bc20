import Foundation
import Testing

@testable import LambdaRuntime

@Suite struct `A Runtime API that misbehaves` {
    @Test(arguments: [413, 400, 403, 500])
    func `A refused response is logged and the next event is served`(_ status: Int) async {
        let server = RuntimeServer([.event("1", id: "a"), .event("2", id: "b")]) {
            $0.path.contains("/a/") ? .status(status) : .status(202)
        }
        let run = await run(server)
        #expect(run.posts.map(\.path) == ["a", "b"].map { "/2018-06-01/runtime/invocation/\($0)/response" })
        let warning = run.log.first { $0["level"] == "WARN" }
        #expect(warning?["requestId"] == "a" && warning?["metadata"]?.contains("\(status)") == true)
        #expect(run.code == .runtimeAPIGone)
    }

    @Test func `Failed polls are tried again, and a good one in between starts the count anew`() async {
        let server = RuntimeServer(
            [
                .status(500), .status(500), .drop, .event("1"), .status(503), .status(500), .status(500), .status(500),
                .event("2", id: "second"),
            ])
        let run = await run(server)
        #expect(run.posts.map(\.text) == ["1", "2"])
    }

    @Test func `Polls that fail five times in a row end the process with an error`() async {
        let run = await run(RuntimeServer(Array(repeating: .status(500), count: 20)))
        #expect(run.code == .runtimeAPIBroken && run.requests.count == 5)
    }

    @Test func `A dropped poll is tried again on a new connection`() async {
        let run = await run(RuntimeServer([.event("1"), .drop, .event("2")]))
        #expect(run.posts.map(\.text) == ["1", "2"] && run.connections >= 2)
    }

    @Test func `A refused connection ends the process at once`() async {
        let run = await run(RuntimeServer([]))
        #expect(run.code == .runtimeAPIGone && run.code.rawValue != 0 && run.requests.count <= 2)
    }

    @Test func `One connection serves every request while nobody closes it`() async {
        let run = await run(RuntimeServer([.event("1"), .event("2"), .event("3")]))
        #expect(run.connections == 1 && run.posts.count == 3)
    }

    @Test func `A server that says close after each response gets a new connection each time`() async {
        let untilTheEnd = Array("\(RuntimeServer.ScriptedResponse.eventHead())Connection: close\r\n\r\n\"whole\"".utf8)
        let closing = Array("HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".utf8)
        let run = await run(RuntimeServer([.last(untilTheEnd), .event("2")]) { _ in .last(closing) })
        #expect(run.posts.map(\.text) == ["\"whole\"", "2"] && run.connections >= 3)
    }

    @Test func `204 means poll again`() async {
        let run = await run(RuntimeServer([.status(204), .status(204), .event("1")]))
        #expect(run.posts.map(\.text) == ["1"])
    }

    @Test func `Chunked events are put together`() async {
        let head = RuntimeServer.ScriptedResponse.eventHead() + "Transfer-Encoding: chunked\r\n\r\n"
        let body = "3;note=x\r\n\"ab\r\nA\r\n0123456789\r\n1\r\n\"\r\n0\r\nTrailer: t\r\n\r\n"
        let run = await run(RuntimeServer([.bytes([Array((head + body).utf8)]), .event("2")]))
        #expect(run.posts.map(\.text) == ["\"ab0123456789\"", "2"] && run.connections == 1)
    }

    @Test func `Events may arrive one byte at a time, chunked or not, after a 100 Continue`() async {
        let chunked = RuntimeServer.ScriptedResponse.eventHead() + "Transfer-Encoding: chunked\r\n\r\n2\r\n12\r\n1\r\n3\r\n0\r\n\r\n"
        let server = RuntimeServer(
            [
                .event("\"slow\"").byteByByte,
                RuntimeServer.ScriptedResponse.bytes([Array(("HTTP/1.1 100 Continue\r\n\r\n" + chunked).utf8)]).byteByByte,
            ])
        let run = await run(server)
        #expect(run.posts.map(\.text) == ["\"slow\"", "123"])
    }

    @Test func `An event without a request id is not run and the next one is`() async {
        let run = await run(RuntimeServer([.event("1", id: nil), .event("1", id: "../../evil"), .event("2")]))
        #expect(run.posts.map(\.text) == ["2"])
    }

    @Test(arguments: [nil, "soon", "600000"] as [String?])
    func `A missing, unreadable or long past deadline does not stop the event`(_ deadline: String?) async {
        let more = deadline.map { ["Lambda-Runtime-Deadline-Ms": $0] } ?? [:]
        let run = await run(RuntimeServer([.event("1", milliseconds: nil, more)]))
        #expect(run.posts.map(\.path) == ["/2018-06-01/runtime/invocation/request-1/response"])
    }

    @Test func `Six megabytes travel both ways`() async {
        let text = "\"" + String(repeating: "x", count: 6 << 20) + "\""
        let run = await run(RuntimeServer([.event(text)]))
        #expect(run.posts.first?.body.count == text.utf8.count)
    }

    @Test(arguments: [
        "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    ])
    func `What is not HTTP counts as a failed poll`(_ text: String) async {
        let run = await run(RuntimeServer([.bytes([Array(text.utf8)]), .event("1")]))
        #expect(run.posts.map(\.text) == ["1"])
    }
}
