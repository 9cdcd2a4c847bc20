import Foundation
import NIOCore
import Testing

@testable import HTTPServer

/// Several requests on one connection, sent before their responses.
@Suite(.timeLimit(.minutes(1))) struct PipeliningTests {
    private static func get(_ path: String, _ headers: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n" }

    @Test func `Responses come in the order of the requests, however slow the first`() async throws {
        try await TestServer { request in
            if request.path == "/slow" { try? await Task.sleep(for: .milliseconds(200)) }
            return ServerResponse(status: 200, body: Array(request.path.utf8))
        }.run { server in
            let client = try server.client()
            let paths = ["/slow"] + (1...20).map { "/\($0)" }
            try await client.send(paths.map { Self.get($0) }.joined())
            for path in paths { #expect(try await client.response().text == path) }
            #expect(server.paths == paths)
        }
    }

    @Test func `A request that arrives in pieces is one request`() async throws {
        try await TestServer { ServerResponse(status: 200, body: $0.body) }.run { server in
            let client = try server.client()
            let text = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd" + Self.get("/2")
            for byte in text.utf8 { try await client.send([byte]) }
            #expect(try await client.response().text == "abcd")
            #expect(try await client.response().status == 200)
        }
    }

    @Test func `A request behind one that closes the connection is not executed`() async throws {
        try await TestServer.echo().run { server in
            let client = try server.client()
            try await client.send(Self.get("/1") + Self.get("/2", "Connection: close\r\n") + Self.get("/3"))
            #expect(try await client.response().text == "/1")
            let response = try await client.response()
            #expect(response.text == "/2" && response.header("connection") == "close")
            #expect(await client.isClosedByServer())
            try await Task.sleep(for: .milliseconds(50))
            #expect(server.paths == ["/1", "/2"])
        }
    }

    @Test func `Bytes behind a request that closes the connection do not take away its response`() async throws {
        let body = [UInt8](repeating: 7, count: 1 << 20)
        let hasStarted = Signal()
        try await TestServer { _ in
            hasStarted.give()
            try? await Task.sleep(for: .milliseconds(200))
            return ServerResponse(status: 200, body: body)
        }.run { server in
            let client = try server.client()
            try await client.send(Self.get("/1", "Connection: close\r\n"))
            await hasStarted.wait()
            try await client.send(String(repeating: Self.get("/2"), count: 1000))
            try await Task.sleep(for: .milliseconds(400))
            #expect(try await client.response().body == body)
            #expect(await client.isClosedByServer())
            #expect(server.paths == ["/1"])
        }
    }

    /// Each response lets the next request in, so immediate responses to requests that wait could be calls within calls.
    @Test func `Thousands of waiting requests with immediate responses do not exhaust the stack`() async throws {
        let handler = ServerHandler(bodyLimit: { _ in 1 << 20 }) { request, connection in
            guard request.path == "/first" else { return connection.send(ServerResponse(status: 404)) }
            let responder = connection.responder
            connection.loop.scheduleTask(in: .milliseconds(500)) { responder.send(ServerResponse(status: 200)) }
        }
        try await TestServer(handler: handler).run { server in
            let client = try server.client()
            // After a long body the server reads more at a time.
            try await client.send("POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + String(repeating: "a", count: 1_000_000))
            #expect(try await client.response().status == 404)
            let count = 20_000
            async let sent: Void = client.send(Self.get("/first") + String(repeating: "GET / HTTP/1.1\r\n\r\n", count: count))
            #expect(try await client.response().status == 200)
            #expect(try await client.responses(count).allSatisfy { $0.status == 404 })
            try await sent
        }
    }

    @Test func `A client that does not read gets no further responses prepared`() async throws {
        let body = [UInt8](repeating: 7, count: 16 << 20)
        try await TestServer { _ in ServerResponse(status: 200, body: body) }.run { server in
            let client = try RawClient(port: server.port, receiveBuffer: 65_536)
            try await client.send(String(repeating: Self.get("/"), count: 8))
            try await Task.sleep(for: .milliseconds(300))
            #expect(server.paths.count == 1)
            for _ in 0..<8 { #expect(try await client.response().body.count == body.count) }
        }
    }

    @Test func `A handler that computes stalls no other connection`() async throws {
        let (hasStarted, mayEnd) = (Signal(), Signal())
        try await TestServer { _ in
            hasStarted.give()
            while !mayEnd.isGiven { usleep(1000) }
            return ServerResponse(status: 200)
        }.run { server in
            let busy = try server.client()
            try await busy.send(Self.get("/"))
            // Given even if the other client waits in vain, so that the server can stop.
            Thread.detachNewThread {
                sleep(5)
                mayEnd.give()
            }
            #expect(await hasStarted.isGiven(within: .seconds(4)))
            // The server itself refuses this request, on the event loop.
            let other = try RawClient(port: server.port, patience: .seconds(3))
            try await other.send("nonsense\r\n\r\n")
            #expect(try await other.response().status == 400)
            mayEnd.give()
            #expect(try await busy.response().status == 200)
        }
    }
}
