import Foundation
import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RetryTests {
    let client = HTTPClient()
    let policy = RetryPolicy(attempts: 3, base: .milliseconds(5), ceiling: .milliseconds(20))

    @Test(arguments: [429, 500, 502, 503, 504])
    func `A status that may pass is tried again`(_ status: Int) async throws {
        let server = LoopbackServer.responding { _, count, connection in connection.respond(count < 2 ? status : 200) }
        defer { server.stop() }
        let response = try await client.send(HTTPRequest("GET", server.url), deadline: .now + .seconds(5), retry: policy)
        #expect(response.status == 200)
        #expect(server.seen.count == 3)
    }

    @Test func `Attempts are bounded and the last response is returned`() async throws {
        let server = LoopbackServer.responding { _, _, connection in connection.respond(503) }
        defer { server.stop() }
        #expect(try await client.send(HTTPRequest("GET", server.url), deadline: .now + .seconds(5), retry: policy).status == 503)
        #expect(server.seen.count == 3)
    }

    @Test(arguments: [false, true])
    func `A post is repeated only when declared harmless`(_ isIdempotent: Bool) async throws {
        let server = LoopbackServer.responding { _, count, connection in connection.respond(count == 0 ? 503 : 200) }
        defer { server.stop() }
        let request = HTTPRequest("POST", server.url, body: [1], isIdempotent: isIdempotent)
        let response = try await client.send(request, deadline: .now + .seconds(5), retry: policy)
        #expect(response.status == (isIdempotent ? 200 : 503))
    }

    @Test func `A not found is final`() async throws {
        let server = LoopbackServer.responding { _, _, connection in connection.respond(404) }
        defer { server.stop() }
        _ = try await client.send(HTTPRequest("GET", server.url), deadline: .now + .seconds(5), retry: policy)
        #expect(server.seen.count == 1)
    }

    @Test func `Retry after is honoured and a long one returned`() async throws {
        let server = LoopbackServer.responding { request, count, connection in
            connection.respond(count == 0 ? 429 : 200, headers: ["Retry-After: \(request.contains("/long") ? 3600 : 1)"])
        }
        defer { server.stop() }
        let start = ContinuousClock.now
        #expect(try await client.send(HTTPRequest("GET", server.url), deadline: .now + .seconds(5), retry: policy).status == 200)
        #expect(ContinuousClock.now - start >= .seconds(1))
        let second = LoopbackServer.responding { _, _, connection in connection.respond(429, headers: ["Retry-After: 3600"]) }
        defer { second.stop() }
        #expect(try await client.send(HTTPRequest("GET", second.url), deadline: .now + .seconds(5), retry: policy).status == 429)
        #expect(second.seen.count == 1)
    }

    @Test func `Pauses are jittered and capped`() {
        let policy = RetryPolicy(attempts: 9, base: .milliseconds(100), ceiling: .seconds(1))
        #expect(policy.pause(retry: 0, random: 0.5) == .milliseconds(50))
        #expect(policy.pause(retry: 2, random: 0.5) == .milliseconds(200))
        #expect(policy.pause(retry: 60, random: 0.999) < .seconds(1))
        #expect(policy.pause(retry: 3, random: 0) == .zero)
    }

    @Test func `Pauses end with the attempts and before the deadline`() {
        let policy = RetryPolicy(attempts: 4, base: .milliseconds(100))
        let soon = ContinuousClock.now + .seconds(10)
        #expect((0..<9).filter { policy.pause(retry: $0, atLeast: nil, before: soon) != nil } == [0, 1, 2])
        #expect(policy.pause(retry: 0, atLeast: .seconds(3), before: soon) == .seconds(3))
        #expect(policy.pause(retry: 0, atLeast: .seconds(60), before: soon) == nil)
    }

    @Test func `Retry after is seconds or a date`() {
        func pause(_ value: String) -> Duration? {
            let headers = [(name: "retry-after", value: value), (name: "Date", value: "Sun, 06 Nov 1994 08:49:07 GMT")]
            return HTTPResponse(status: 503, headers: headers, body: []).retryAfter
        }
        #expect(pause("120") == .seconds(120))
        #expect(pause("Sun, 06 Nov 1994 08:49:37 GMT") == .seconds(30))
        #expect(pause("soon") == nil)
    }
}
