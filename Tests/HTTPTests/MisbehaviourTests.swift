import Foundation
import HTTP
import TestSupport
import Testing

/// Servers that hang, lie and break off.
@Suite(.timeLimit(.minutes(1)))
struct MisbehaviourTests {
    let client = HTTPClient()

    func failure(
        _ request: HTTPRequest, within timeout: Duration = .seconds(5), _ handle: @escaping @Sendable (LoopbackServer.Connection) -> Void
    ) async -> HTTPError? {
        let server = LoopbackServer { connection, _ in
            _ = connection.request()
            handle(connection)
        }
        defer { server.stop() }
        var request = request
        request.url = server.url + "/secret-path?apikey=secret"
        let failure = await #expect(throws: HTTPError.self) { try await client.send(request, timeout: timeout) }
        #expect(failure?.description.contains("secret") == false)
        return failure
    }

    let get = HTTPRequest("GET", "")

    @Test func `A server that hangs ends at the deadline`() async {
        let failure = await failure(get, within: .milliseconds(300)) { _ in usleep(20_000_000) }
        #expect(failure?.kind == .timedOut)
    }

    @Test func `A body that trickles ends at the deadline`() async {
        let failure = await failure(get, within: .milliseconds(400)) { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            for _ in 0..<99 {
                connection.send("x")
                usleep(200_000)
            }
        }
        #expect(failure?.kind == .timedOut)
    }

    @Test func `A passed deadline sends nothing`() async {
        let failure = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest("GET", "http://127.0.0.1:9/"), deadline: .now)
        }
        #expect(failure?.kind == .timedOut)
    }

    @Test func `Half a body is a failure`() async {
        let failure = await failure(get) { $0.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") }
        #expect(failure?.kind == .broken)
        #expect(failure?.code == .partialBody)
        #expect(failure?.isTransient == true)
    }

    @Test func `Chunks that end early are a failure`() async {
        let failure = await failure(get) { $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n") }
        #expect(failure?.kind == .broken)
    }

    @Test func `No response at all and nonsense are failures`() async {
        #expect(await failure(get) { _ in }?.code == .nothingReceived)
        #expect(await failure(get) { $0.send("SMTP ready\r\n\r\n") }?.kind == .broken)
    }

    @Test func `A large body is refused by its length and while it arrives`() async {
        let small = HTTPRequest("GET", "", maximumBytes: 1000)
        let announced = await failure(small) { connection in connection.respond(body: [UInt8](repeating: 0, count: 5000)) }
        #expect(announced?.kind == .tooLarge)
        let endless = await failure(small) { connection in
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            for _ in 0..<50 { connection.send([UInt8](repeating: 0, count: 1000)) }
        }
        #expect(endless?.kind == .tooLarge)
    }

    @Test func `A compressed bomb is rejected`() async throws {
        let bomb = try Misbehaviour.gzip(zeros: 20 << 20)
        let failure = await failure(HTTPRequest("GET", "", maximumBytes: 1 << 20)) { connection in
            connection.respond(headers: ["Content-Encoding: gzip"], body: bomb)
        }
        #expect(bomb.count < 100_000)
        #expect(failure?.kind == .tooLarge)
    }

    @Test func `Endless headers are rejected`() async {
        let failure = await failure(get) { connection in
            connection.send("HTTP/1.1 200 OK\r\n")
            for number in 0..<2000 { connection.send("X-\(number): \(String(repeating: "y", count: 1000))\r\n") }
        }
        #expect(failure?.kind == .tooLarge)
    }

    @Test func `A header line of a megabyte is too large, not a lack of memory`() async {
        let failure = await failure(get) { connection in
            connection.send("HTTP/1.1 200 OK\r\nX-Long: ")
            for _ in 0..<1024 { connection.send(String(repeating: "y", count: 1024)) }
            connection.send("\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(failure?.kind == .tooLarge)
        #expect(failure?.isTransient == false)
        #expect(failure?.description.contains("memory") == false)
    }

    @Test func `Nobody listening`() async {
        let failure = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest("GET", "http://127.0.0.1:9/"), timeout: .seconds(5))
        }
        #expect(failure?.kind == .unreachable)
        #expect(failure?.code == .notConnected)
    }

    @Test func `A cancelled task ends at once`() async {
        let server = LoopbackServer { connection, _ in
            _ = connection.request()
            usleep(20_000_000)
        }
        defer { server.stop() }
        let client = client
        let task = Task { try await client.send(HTTPRequest("GET", server.url), timeout: .seconds(30)) }
        try? await Task.sleep(for: .milliseconds(100))
        task.cancel()
        let failure = await #expect(throws: HTTPError.self) { try await task.value }
        #expect(failure?.kind == .cancelled)
    }
}
