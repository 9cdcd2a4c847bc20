import NIOCore
import NIOPosix
import Testing

@testable import HTTPServer

/// Who closes a connection when, and what still arrives.
@Suite(.timeLimit(.minutes(1))) struct ClosingTests {
    private static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test(arguments: [0, 100]) func `A client that only reads on gets its response`(_ milliseconds: Int) async throws {
        try await TestServer { _ in
            try? await Task.sleep(for: .milliseconds(milliseconds))
            return ServerResponse(status: 200, body: Array("late".utf8))
        }.run { server in
            let client = try server.client()
            try await client.send(Self.request)
            client.closeOutput()
            let response = try await client.response()
            #expect(response.text == "late")
            #expect(await client.isClosedByServer())
        }
    }

    @Test func `A client that only reads on gets all its responses, streams among them`() async throws {
        try await TestServer { request in
            guard request.path == "/stream" else { return ServerResponse(status: 200, body: Array(request.path.utf8)) }
            let (stream, writer) = AsyncStream.makeStream(of: [UInt8].self)
            Task {
                for number in 1...3 {
                    try? await Task.sleep(for: .milliseconds(20))
                    writer.yield(Array("\(number)".utf8))
                }
                writer.finish()
            }
            return ServerResponse(status: 200, stream: stream)
        }.run { server in
            let client = try server.client()
            try await client.send(
                "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
            client.closeOutput()
            for text in ["/a", "123", "/b"] { #expect(try await client.response().text == text) }
            #expect(await client.isClosedByServer())
        }
    }

    @Test(arguments: ["", request]) func `A client that ends while nothing is under way is closed at once`(_ before: String) async throws {
        try await TestServer.echo().run { server in
            let client = try server.client()
            try await client.send(before)
            if !before.isEmpty { _ = try await client.response() }
            let start = ContinuousClock.now
            client.closeOutput()
            #expect(await client.isClosedByServer())
            #expect(ContinuousClock.now - start < .milliseconds(500))
        }
    }

    @Test(arguments: ["GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"])
    func `A client that ends amid its request is refused`(_ part: String) async throws {
        try await TestServer.echo().run { server in
            let client = try server.client()
            try await client.send(part)
            client.closeOutput()
            #expect(try await client.response().status == 400)
            #expect(await client.isClosedByServer())
            #expect(server.paths.isEmpty)
        }
    }

    @Test func `A client that is gone ends the stream it was reading`() async throws {
        let (hasStarted, hasEnded) = (Signal(), Signal())
        try await TestServer { _ in
            let (stream, writer) = AsyncStream.makeStream(of: [UInt8].self)
            let source = Task {
                while !Task.isCancelled {
                    writer.yield(Array("more".utf8))
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            writer.onTermination = { _ in
                source.cancel()
                hasEnded.give()
            }
            hasStarted.give()
            return ServerResponse(status: 200, stream: stream)
        }.run { server in
            let client = try server.client()
            try await client.send(Self.request)
            await hasStarted.wait()
            try await Task.sleep(for: .milliseconds(50))
            #expect(!hasEnded.isGiven)
            client.close()
            #expect(await hasEnded.isGiven(within: .seconds(5)))
        }
    }

    @Test func `Stopping closes idle connections at once`() async throws {
        let server = try await TestServer.echo()
        let (idle, used) = (try server.client(), try server.client())
        _ = try await used.get("/")
        let start = ContinuousClock.now
        await server.listener.stop(grace: .seconds(10))
        #expect(ContinuousClock.now - start < .seconds(1))
        for client in [idle, used] { #expect(await client.isClosedByServer()) }
        #expect(throws: RawClient.Failure.self) { try server.client() }
    }

    @Test func `Stopping ends open streams when the grace period is over`() async throws {
        let hasEnded = Signal()
        let server = try await TestServer { _ in
            let (stream, writer) = AsyncStream.makeStream(of: [UInt8].self)
            writer.onTermination = { _ in hasEnded.give() }
            writer.yield(Array("first".utf8))
            return ServerResponse(status: 200, stream: stream)
        }
        let client = try server.client()
        try await client.send(Self.request)
        try await Task.sleep(for: .milliseconds(100))
        let start = ContinuousClock.now
        await server.listener.stop(grace: .milliseconds(300))
        #expect((.milliseconds(290)...Duration.seconds(3)).contains(ContinuousClock.now - start))
        #expect(await hasEnded.isGiven(within: .seconds(2)))
        await #expect(throws: RawClient.Failure.self) { _ = try await client.response() }
    }

    @Test func `Stopping lets a slow reader have its whole response`() async throws {
        let body = [UInt8](repeating: 7, count: 6 << 20)
        let server = try await TestServer { _ in ServerResponse(status: 200, body: body) }
        let client = try RawClient(port: server.port, receiveBuffer: 65_536)
        try await client.send(Self.request)
        try await Task.sleep(for: .milliseconds(200))
        async let stopped: Void = server.listener.stop(grace: .seconds(10))
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await client.response().body == body)
        let start = ContinuousClock.now
        await stopped
        #expect(ContinuousClock.now - start < .seconds(3))
    }

    @Test func `Stopping waits for a request under way and executes none behind it`() async throws {
        let hasStarted = Signal()
        let server = try await TestServer { request in
            hasStarted.give()
            try? await Task.sleep(for: .milliseconds(200))
            return ServerResponse(status: 200, body: Array(request.path.utf8))
        }
        let client = try server.client()
        try await client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        await hasStarted.wait()
        await server.listener.stop(grace: .seconds(10))
        let response = try await client.response()
        #expect(response.text == "/1" && response.header("connection") == "close")
        #expect(await client.isClosedByServer())
        #expect(server.paths == ["/1"])
    }

    @Test func `A response after the end of the grace period goes nowhere`() async throws {
        let (hasStarted, mayEnd) = (Signal(), Signal())
        let server = try await TestServer { _ in
            hasStarted.give()
            await mayEnd.wait()
            return ServerResponse(status: 200)
        }
        let client = try server.client()
        try await client.send(Self.request)
        await hasStarted.wait()
        await server.listener.stop(grace: .milliseconds(50))
        mayEnd.give()
        #expect(await client.isClosedByServer())
        await server.listener.stop()
    }

    @Test func `On a port of one event loop the end of the client's output ends the connection`() async throws {
        let (hasStarted, isGone) = (Signal(), Signal())
        let handler = ServerHandler(bodyLimit: { _ in 0 }, didClose: { _ in isGone.give() }) { _, _ in hasStarted.give() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try await HTTPListener.bind(on: group.next(), handler: handler).get()
        let client = try RawClient(port: try #require(channel.localAddress?.port))
        try await client.send(Self.request)
        await hasStarted.wait()
        client.closeOutput()
        #expect(await isGone.isGiven(within: .seconds(5)))
        try await channel.close()
        try await group.shutdownGracefully()
    }
}
