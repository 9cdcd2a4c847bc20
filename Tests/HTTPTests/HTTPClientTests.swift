import Foundation
import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientTests {
    let client = HTTPClient()

    @Test func `A response has status headers and body`() async throws {
        let server = LoopbackServer.responding { _, _, connection in
            connection.respond(418, headers: ["X-Kind: teapot ", "Set-Cookie: a", "Set-Cookie: b"], body: Array("short".utf8))
        }
        defer { server.stop() }
        let response = try await client.send(HTTPRequest("GET", server.url + "/a/../b//c?x=1"), timeout: .seconds(5))
        #expect(response.status == 418)
        #expect(response[header: "x-kind"] == "teapot")
        #expect(response.headers.filter { $0.name == "Set-Cookie" }.map(\.value) == ["a", "b"])
        #expect(response.text == "short")
        #expect(server.seen[0].hasPrefix("GET /a/../b//c?x=1 HTTP/1.1\r\n"))
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH"])
    func `A body is sent with its length and nothing is added`(_ method: String) async throws {
        let server = LoopbackServer.responding { _, _, connection in connection.respond() }
        defer { server.stop() }
        let body = [UInt8](repeating: 0x78, count: 2_000_000)
        _ = try await client.send(HTTPRequest(method, server.url + "/p", headers: [("X-Empty", "")], body: body), timeout: .seconds(20))
        let request = server.seen[0]
        #expect(request.hasPrefix("\(method) /p HTTP/1.1\r\n"))
        #expect(request.contains("Content-Length: 2000000\r\n"))
        #expect(request.contains("X-Empty:\r\n"))
        #expect(!request.contains("Expect:") && !request.contains("Content-Type:"))
        #expect(request.utf8.count > 2_000_000)
    }

    @Test func `One connection serves many requests`() async throws {
        let server = LoopbackServer.responding { _, _, connection in connection.respond(body: Array("\(connection.number)".utf8)) }
        defer { server.stop() }
        for _ in 0..<20 {
            #expect(try await client.send(HTTPRequest("GET", server.url), timeout: .seconds(5)).text == "1")
        }
    }

    @Test func `A connection that the server closed is replaced`() async throws {
        let server = LoopbackServer { connection, _ in
            guard connection.request() != nil else { return }
            connection.respond(body: Array("\(connection.number)".utf8))
        }
        defer { server.stop() }
        for number in 1...5 {
            let response = try await client.send(HTTPRequest("PUT", server.url, body: [1, 2]), timeout: .seconds(5))
            #expect(response.text == "\(number)")
        }
    }

    @Test func `Many requests run at once`() async throws {
        // No request is answered before all have arrived.
        let asked = DispatchSemaphore(value: 0)
        let mayAnswer = DispatchSemaphore(value: 0)
        let server = LoopbackServer.responding { _, _, connection in
            asked.signal()
            mayAnswer.wait()
            connection.respond()
        }
        defer { server.stop() }
        Thread.detachNewThread {
            for _ in 0..<16 { asked.wait() }
            for _ in 0..<16 { mayAnswer.signal() }
        }
        let client = client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 { group.addTask { _ = try await client.send(HTTPRequest("GET", server.url), timeout: .seconds(30)) } }
            try await group.waitForAll()
        }
    }

    @Test func `Gzip is undone`() async throws {
        let packed = try #require(Data(base64Encoded: "H4sIAAAAAAACA8tIzcnJV0ivyiwAABlq0t8KAAAA"))
        let server = LoopbackServer.responding { _, _, connection in
            connection.respond(headers: ["Content-Encoding: gzip"], body: Array(packed))
        }
        defer { server.stop() }
        #expect(try await client.send(HTTPRequest("GET", server.url), timeout: .seconds(5)).text == "hello gzip")
        let raw = try await client.send(HTTPRequest("GET", server.url, acceptsCompression: false), timeout: .seconds(5))
        #expect(raw.body == Array(packed))
    }

    @Test func `Redirects are returned, or followed on the same origin only`() async throws {
        let server = LoopbackServer.responding { request, _, connection in
            switch request.split(separator: " ")[1] {
            case "/here": connection.respond(302, headers: ["Location: /there"])
            case "/away": connection.respond(302, headers: ["Location: http://localhost:1/there"])
            case "/round": connection.respond(302, headers: ["Location: /round"])
            default: connection.respond(body: Array("arrived".utf8))
            }
        }
        defer { server.stop() }
        #expect(try await client.send(HTTPRequest("GET", server.url + "/here"), timeout: .seconds(5)).status == 302)
        let following = HTTPRequest.Redirects.sameOrigin(limit: 3)
        let followed = try await client.send(HTTPRequest("GET", server.url + "/here", redirects: following), timeout: .seconds(5))
        #expect(followed.text == "arrived")
        for path in ["/away", "/round"] {
            let failure = await #expect(throws: HTTPError.self) {
                try await client.send(HTTPRequest("GET", server.url + path, redirects: following), timeout: .seconds(5))
            }
            #expect(failure?.kind == .redirectRejected)
        }
    }

    @Test(arguments: [
        HTTPRequest("GET", "ftp://host/"), HTTPRequest("GET", "file:///etc/passwd"), HTTPRequest("GET", "http://host/a b"),
        HTTPRequest("GET", "relative"), HTTPRequest("GET", "http://user:pass@host/"), HTTPRequest("GE T", "http://host/"),
        HTTPRequest("GET", "http://host/", headers: [("X", "a\r\nY: b")]), HTTPRequest("GET", "http://host/", headers: [("X:", "a")]),
    ])
    func `A request that cannot be sent is rejected`(_ request: HTTPRequest) async {
        let failure = await #expect(throws: HTTPError.self) { try await client.send(request, timeout: .seconds(5)) }
        #expect(failure?.kind == .invalidRequest)
    }
}
