import Testing

@testable import HTTPServer

/// How responses look on the connection.
@Suite(.timeLimit(.minutes(1))) struct ResponseTests {
    private static func stream(_ chunks: [String]) -> AsyncStream<[UInt8]> {
        AsyncStream { writer in
            for chunk in chunks { writer.yield(Array(chunk.utf8)) }
            writer.finish()
        }
    }

    @Test func `A response to HEAD has the length but no body`() async throws {
        try await TestServer.echo().run { server in
            let client = try server.client()
            try await client.send("HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\n")
            let response = try await client.response(hasBody: false)
            #expect(response.status == 200 && response.header("content-length") == "4")
            #expect(try await client.get("/next").text == "/next")
        }
    }

    @Test func `A response to HEAD has nothing of a stream's body`() async throws {
        try await TestServer { request in
            request.method == "HEAD" ? ServerResponse(status: 200, stream: Self.stream(["abc"])) : ServerResponse(status: 200)
        }.run { server in
            let client = try server.client()
            try await client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.response(hasBody: false).status == 200)
            #expect(try await client.get("/").status == 200)
        }
    }

    @Test(arguments: [204, 304]) func `A status without content has neither length nor body`(_ status: Int) async throws {
        try await TestServer { request in
            ServerResponse(status: request.path == "/next" ? 200 : status, body: Array("body".utf8))
        }.run { server in
            let client = try server.client()
            let response = try await client.get("/")
            #expect(response.status == status)
            #expect(response.header("content-length") == nil && response.header("transfer-encoding") == nil)
            #expect(try await client.get("/next").text == "body")
        }
    }

    @Test func `A stream is sent in chunks and the connection stays open`() async throws {
        try await TestServer { _ in ServerResponse(status: 200, stream: Self.stream(["one ", "", "two"])) }.run { server in
            let client = try server.client()
            for _ in 0..<3 {
                let response = try await client.get("/")
                #expect(response.header("transfer-encoding") == "chunked" && response.header("content-length") == nil)
                #expect(response.text == "one two")
            }
        }
    }

    @Test func `The server frames the body whatever headers the handler sets`() async throws {
        try await TestServer { _ in
            ServerResponse(
                status: 200, headers: [("Content-Length", "99"), ("Transfer-Encoding", "chunked"), ("Connection", "close"), ("X-A", "1")],
                body: Array("abc".utf8))
        }.run { server in
            let client = try server.client()
            let response = try await client.get("/")
            #expect(response.headers.filter { $0.name == "content-length" }.map(\.value) == ["3"])
            #expect(response.header("transfer-encoding") == nil && response.header("connection") == nil)
            #expect(response.header("x-a") == "1" && response.text == "abc")
        }
    }

    @Test(arguments: [("x a", "1"), ("", "1"), ("x\r\ny", "1"), ("x", "a\r\nset-cookie: b"), ("x", "a\u{0}b")])
    func `A header that cannot be sent becomes status 500`(_ name: String, _ value: String) async throws {
        try await TestServer { _ in ServerResponse(status: 200, headers: [(name, value)], body: [1]) }.run { server in
            let response = try await server.client().get("/")
            #expect(response.status == 500 && response.body.isEmpty && response.header("set-cookie") == nil)
        }
    }

    @Test(arguments: [-1, 0, 99, 100, 101, 1000]) func `A status that ends no request becomes status 500`(_ status: Int) async throws {
        try await TestServer { _ in ServerResponse(status: status) }.run { server in
            let client = try server.client()
            #expect(try await client.get("/").status == 500)
        }
    }

    @Test func `HTTP 1.0 is closed after the response`() async throws {
        try await TestServer.echo().run { server in
            let client = try server.client()
            try await client.send("GET /old HTTP/1.0\r\n\r\n")
            let text = String(decoding: try await client.rest(), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.0 200") && text.hasSuffix("/old"))
            #expect(text.lowercased().contains("connection: close"))
        }
    }

    @Test func `HTTP 1.0 is kept open on request`() async throws {
        try await TestServer.echo().run { server in
            let client = try server.client()
            for path in ["/1", "/2"] {
                try await client.send("GET \(path) HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let response = try await client.response()
                #expect(response.version == "HTTP/1.0" && response.text == path)
                #expect(response.header("connection")?.lowercased() == "keep-alive")
            }
        }
    }

    @Test func `A stream for HTTP 1.0 ends with the connection`() async throws {
        try await TestServer { _ in ServerResponse(status: 200, stream: Self.stream(["one ", "two"])) }.run { server in
            let client = try server.client()
            try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let text = String(decoding: try await client.rest(), as: UTF8.self)
            #expect(text.hasSuffix("\r\n\r\none two") && !text.lowercased().contains("chunked"))
        }
    }

    @Test func `Only the first response counts`() async throws {
        let handler = ServerHandler(bodyLimit: { _ in 100 }) { request, connection in
            let responder = connection.responder
            responder.send(ServerResponse(status: 200, body: Array(request.path.utf8)))
            responder.send(ServerResponse(status: 500))
            connection.send(ServerResponse(status: 500))
        }
        try await TestServer(handler: handler).run { server in
            let client = try server.client()
            for path in ["/1", "/2", "/3"] { #expect(try await client.get(path).text == path) }
        }
    }

    @Test func `Two servers cannot have one port`() async throws {
        try await TestServer.echo().run { server in
            await #expect(throws: HTTPListenerError.self) {
                try await HTTPListener.start(port: server.port, handler: ServerHandler(bodyLimit: { _ in 0 }) { _, _ in })
            }
        }
    }
}
