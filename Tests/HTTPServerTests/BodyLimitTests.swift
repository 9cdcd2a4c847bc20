import Testing

@testable import HTTPServer

/// Bodies longer than a handler accepts.
@Suite(.timeLimit(.minutes(1))) struct BodyLimitTests {
    private func serve(_ body: (TestServer) async throws -> Void) async throws {
        let tooLarge = ServerResponse(status: 413, headers: [("content-type", "text/plain")], body: Array("too large".utf8))
        try await TestServer(bodyLimit: 1000, tooLarge: tooLarge) { ServerResponse(status: 200, body: Array(String($0.bodySize).utf8)) }
            .run(body)
    }

    @Test func `A body of exactly the limit is accepted`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + String(repeating: "a", count: 1000))
            #expect(try await client.response().text == "1000")
        }
    }

    @Test func `A length over the limit is refused at once, and then the connection is closed`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 413 && response.text == "too large" && response.header("connection") == "close")
            #expect(await client.isClosedByServer())
            #expect(server.paths.isEmpty)
        }
    }

    @Test func `Chunks over the limit are refused amid the body`() async throws {
        try await serve { server in
            let client = try server.client()
            let chunk = "1F4\r\n\(String(repeating: "a", count: 500))\r\n"
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)")
            try await client.send("1\r\na\r\n")
            let response = try await client.response()
            #expect(response.status == 413 && response.text == "too large" && response.header("connection") == "close")
            #expect(await client.isClosedByServer())
            #expect(server.paths.isEmpty)
        }
    }

    /// A close with unread bytes makes the kernel reset the connection, and a reset takes away the response.
    @Test(arguments: [true, false]) func `A client that sends its whole body first still reads the refusal`(_ isChunked: Bool) async throws
    {
        try await serve { server in
            let piece = String(repeating: "a", count: 1 << 20)
            let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(20 << 20)"
            let body = String(repeating: isChunked ? "100000\r\n\(piece)\r\n" : piece, count: 20) + (isChunked ? "0\r\n\r\n" : "")
            let client = try server.client()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n\(body)")
            #expect(try await client.response().status == 413)
            #expect(await client.isClosedByServer())
        }
    }

    @Test func `Without a response to it the handler learns the size and the connection stays open`() async throws {
        let handler = ServerHandler(bodyLimit: { _ in 1000 }) { request, connection in
            connection.send(ServerResponse(status: 200, body: Array("\(request.body.count) of \(request.bodySize)".utf8)))
        }
        try await TestServer(handler: handler).run { server in
            let client = try server.client()
            for size in [1000, 1001, 100_000, 0] {
                try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n" + String(repeating: "a", count: size))
                #expect(try await client.response().text == "\(size > 1000 ? 0 : size) of \(size)")
            }
        }
    }

    @Test func `The limit may depend on the headers`() async throws {
        let handler = ServerHandler(
            bodyLimit: { $0.contains { $0.name == "x-large" } ? 100 : 10 }, tooLargeResponse: ServerResponse(status: 413)
        ) { _, connection in connection.send(ServerResponse(status: 200)) }
        try await TestServer(handler: handler).run { server in
            for (headers, status) in [("X-Large: 1\r\n", 200), ("", 413)] {
                let client = try server.client()
                try await client.send("POST / HTTP/1.1\r\nHost: x\r\n\(headers)Content-Length: 11\r\n\r\n12345678901")
                #expect(try await client.response().status == status)
            }
        }
    }
}
