import Foundation
import NIOCore
import Synchronization
import Testing

@testable import HTTPServer

/// How long clients may be silent, and how many there may be.
@Suite(.timeLimit(.minutes(1))) struct LimitTests {
    private static let brief = ServerLimits(idle: .milliseconds(400), request: .milliseconds(200))

    @Test(arguments: [false, true]) func `A connection without a request is closed after the idle time`(_ isUsed: Bool) async throws {
        try await TestServer.echo(limits: Self.brief).run { server in
            let client = try server.client()
            if isUsed { _ = try await client.get("/") }
            let start = ContinuousClock.now
            #expect(await client.isClosedByServer())
            #expect((.milliseconds(350)...Duration.seconds(3)).contains(ContinuousClock.now - start))
        }
    }

    @Test(arguments: ["G", "GET / HTTP/1.1\r\nHost: x\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"])
    func `A request that does not go on is given up`(_ part: String) async throws {
        try await TestServer.echo(limits: ServerLimits(idle: .seconds(60), request: .milliseconds(200))).run { server in
            let client = try server.client()
            try await client.send(part)
            let start = ContinuousClock.now
            #expect(await client.isClosedByServer())
            #expect((.milliseconds(150)...Duration.seconds(3)).contains(ContinuousClock.now - start))
            #expect(server.paths.isEmpty)
        }
    }

    @Test func `A body of one byte now and then is given up`() async throws {
        try await TestServer.echo(limits: ServerLimits(idle: .seconds(60), request: .milliseconds(500))).run { server in
            let client = try server.client()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
            let sending = Task {
                for _ in 0..<1000 {
                    try await Task.sleep(for: .milliseconds(50))
                    try await client.send("a")
                }
            }
            #expect(await client.isClosedByServer())
            sending.cancel()
            #expect(server.paths.isEmpty)
        }
    }

    @Test func `A client that reads nothing of its response is given up, one that reads slowly is not`() async throws {
        let size = 24 << 20
        let limits = ServerLimits(idle: .seconds(60), request: .seconds(60), response: .seconds(1))
        try await TestServer(limits: limits) { _ in ServerResponse(status: 200, body: [UInt8](repeating: 120, count: size)) }.run {
            server in
            let client = try RawClient(port: server.port, receiveBuffer: 4096)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await Task.sleep(for: .seconds(3))
            #expect((try? await client.rest().count) ?? 0 < size)
        }
        func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }
        var activity = ClientActivity(at: time(0))
        activity.headEnded(at: time(0))
        activity.requestEnded()
        for _ in 0..<2 { activity.writeBegan(at: time(10)) }
        #expect(activity.deadline(ServerLimits(response: .seconds(7))) == time(17))
        activity.writeAccepted(at: time(15))
        #expect(activity.deadline(ServerLimits(response: .seconds(7))) == time(22))
        activity.writeAccepted(at: time(20))
        #expect(activity.deadline(ServerLimits(response: .seconds(7))) == nil)
    }

    @Test func `A slow body is read as long as it goes on`() async throws {
        let limits = ServerLimits(idle: .seconds(60), request: .seconds(1))
        try await TestServer(limits: limits) { ServerResponse(status: 200, body: $0.body) }.run { server in
            let client = try server.client()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
            for _ in 0..<10 {
                try await Task.sleep(for: .milliseconds(80))
                try await client.send("a")
            }
            #expect(try await client.response().text == "aaaaaaaaaa")
        }
    }

    @Test func `A request that is being handled has no time limit`() async throws {
        try await TestServer(limits: Self.brief) { _ in
            try? await Task.sleep(for: .seconds(1))
            return ServerResponse(status: 200)
        }.run { server in
            let client = try server.client()
            for _ in 0..<2 { #expect(try await client.get("/").status == 200) }
        }
    }

    @Test func `Silence counts from the last event`() {
        let limits = ServerLimits(idle: .seconds(60), request: .seconds(30))
        func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }
        var activity = ClientActivity(at: time(0))
        #expect(activity.deadline(limits) == time(60))
        activity.bytesArrived(1000, at: time(50))
        #expect(activity.deadline(limits) == time(80), "the head's first byte")
        activity.bytesArrived(1000, at: time(70))
        #expect(activity.deadline(limits) == time(80), "the head in pieces")
        activity.headEnded(at: time(75))
        #expect(activity.deadline(limits) == time(105))
        activity.bytesArrived(40_000, at: time(100))
        #expect(activity.deadline(limits) == time(130), "the body in pieces")
        var slow = activity
        slow.headEnded(at: time(75))
        for second in 76..<100 { slow.bytesArrived(1, at: time(Int64(second))) }
        #expect(slow.deadline(limits) == time(105) + .milliseconds(24), "a body of one byte now and then")
        activity.requestEnded()
        #expect(activity.deadline(limits) == nil)
        activity.bytesArrived(1000, at: time(200))
        #expect(activity.deadline(limits) == nil, "the next request, already sent")
        activity.responseEnded(at: time(1000))
        #expect(activity.deadline(limits) == time(1060))
    }

    @Test func `The connection beyond the limit is told to retry and closed`() async throws {
        try await TestServer.echo(limits: ServerLimits(connections: 3)).run { server in
            let clients = try (0..<3).map { _ in try server.client() }
            for client in clients { #expect(try await client.get("/").status == 200) }
            let refused = try server.client()
            let response = try await refused.get("/")
            #expect(response.status == 503 && response.header("retry-after") == "1" && response.header("connection") == "close")
            #expect(await refused.isClosedByServer())
            #expect(try await clients[0].get("/still").text == "/still")
            clients[1].close()
            var status = 503
            for _ in 0..<100 where status == 503 {
                try await Task.sleep(for: .milliseconds(20))
                status = try await server.client().get("/").status
            }
            #expect(status == 200)
        }
    }

    @Test func `Five hundred silent connections do not stay`() async throws {
        try await TestServer.echo(limits: ServerLimits(idle: .milliseconds(500))).run { server in
            let clients = try (0..<500).map { _ in try server.client() }
            let other = try server.client()
            #expect(try await other.get("/").status == 200)
            for client in clients { #expect(await client.isClosedByServer()) }
        }
    }

    /// Lowers the limit of the whole process for a moment, so no other test may run beside this one.
    @Test func `Without a free descriptor the server waits, and then serves`() async throws {
        let loops = Mutex<[any EventLoop]>([])
        let handler = ServerHandler(bodyLimit: { _ in 0 }) { request, connection in
            loops.withLock { $0.append(connection.loop) }
            connection.send(ServerResponse(status: 200, body: Array(request.path.utf8)))
        }
        try await TestServer(handler: handler).run { server in
            let first = try server.client()
            _ = try await first.get("/")
            let loop = try #require(loops.withLock { $0.first })
            try await Task.sleep(for: .milliseconds(1))  // opens the descriptors that timers need
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let (spent, client) = try await {
                let free = dup(0)
                close(free)
                var low = rlimit(rlim_cur: rlim_t(free + 1), rlim_max: limit.rlim_max)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low)
                defer { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
                let start = try await Self.processorTime(of: loop)
                let client = try server.client()  // takes the last descriptor
                try await client.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
                try await Task.sleep(for: .milliseconds(300))
                return (try await Self.processorTime(of: loop) - start, client)
            }()
            #expect(spent < 0.03, "the event loop computed for \(spent) s of 0.3 s")
            #expect(try await client.response().text == "/late")
            #expect(try await first.get("/still").text == "/still")
        }
    }

    /// Seconds that the event loop's thread has computed.
    private static func processorTime(of loop: any EventLoop) async throws -> Double {
        try await loop.submit {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }.get()
    }
}
