import Testing

@testable import HTTPServer

/// What reaches a handler, and what is refused before it.
@Suite(.timeLimit(.minutes(1))) struct RequestTests {
    /// Sends the text to a server that logs its requests.
    private func exchange(_ text: String) async throws -> (response: RawResponse, request: ServerRequest?) {
        let log = RequestLog()
        return try await TestServer { request in
            log.add(request)
            return ServerResponse(status: 200)
        }.run { server in
            let client = try server.client()
            try await client.send(text)
            return (try await client.response(), log.all.first)
        }
    }

    @Test func `A chunked body arrives whole with its trailers`() async throws {
        let (response, request) = try await exchange(
            "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Many: 1\r\nx-many: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Check: ok\r\nX-More: 2\r\n\r\n")
        #expect(response.status == 200)
        let found = try #require(request)
        #expect(found.method == "POST" && found.path == "/a" && found.query == "b=c" && found.clientAddress == "127.0.0.1")
        #expect(found.body == Array("abc0123456789".utf8) && found.bodySize == 13)
        #expect(found.headers.filter { $0.name == "x-many" }.map(\.value) == ["1", "2"])
        #expect(found.trailer("x-check") == "ok" && found.trailer("x-more") == "2" && found.header("x-check") == nil)
    }

    @Test func `Blanks and tabs around the value of a header do not count`() async throws {
        let (_, request) = try await exchange("GET / HTTP/1.1\r\nHost: x\r\nX-Key:  \t a b \t \r\nX-Empty:  \t\r\n\r\n")
        #expect(request?.header("x-key") == "a b" && request?.header("x-empty") == "")
    }

    @Test(arguments: [
        ("http://example.com:81/a/b?c=/d?e", "example.com:81", "/a/b", "c=/d?e"), ("HTTPS://h", "h", "/", ""),
        ("http://h?q", "h", "/", "q"),
        ("/http://h/a", "x", "/http://h/a", ""), ("//h/a", "x", "//h/a", ""),
    ])
    func `An absolute target is its path with its host`(_ target: String, _ host: String, _ path: String, _ query: String) async throws {
        let (response, found) = try await exchange("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        let request = try #require(found)
        #expect(response.status == 200 && request.path == path && request.query == query)
        #expect(request.headers.filter { $0.name == "host" }.map(\.value) == [host])
    }

    @Test(arguments: ["xyz\r\nabc\r\n", "-1\r\nabc\r\n", "3\r\nabcdef\r\n", "\r\nabc\r\n", "FFFFFFFFFFFFFFFFF\r\nabc\r\n"])
    func `A broken chunk is refused`(_ chunk: String) async throws {
        let (response, request) = try await exchange("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)0\r\n\r\n")
        #expect(response.status == 400 && response.header("connection") == "close" && request == nil)
    }

    @Test(arguments: [
        "SMTP ready\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\nX Y: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET / HTTP/7.3\r\n\r\n",
    ])
    func `A malformed request is refused and the connection closed`(_ text: String) async throws {
        try await TestServer.echo().run { server in
            let client = try server.client()
            try await client.send(text)
            #expect(try await client.response().status == 400)
            #expect(await client.isClosedByServer())
            #expect(server.paths.isEmpty)
        }
    }

    @Test func `A malformed request after a large response does not cut it`() async throws {
        let body = [UInt8](repeating: 7, count: 6 << 20)
        try await TestServer { _ in ServerResponse(status: 200, body: body) }.run { server in
            let client = try RawClient(port: server.port, receiveBuffer: 65_536)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await client.response().body == body)
            #expect(try await client.response().status == 400)
            #expect(await client.isClosedByServer())
        }
    }

    @Test(arguments: [
        String(repeating: "X-A: b\r\n", count: 300), "X-A: \(String(repeating: "b", count: 100_000))\r\n",
        "\(String(repeating: "A", count: 100_000)): b\r\n",
    ])
    func `Too many or too long headers are refused`(_ headers: String) async throws {
        let (response, request) = try await exchange("GET / HTTP/1.1\r\nHost: x\r\n\(headers)\r\n")
        #expect(response.status == 431 && response.header("connection") == "close" && request == nil)
    }

    @Test func `Headers within the limits are accepted`() async throws {
        let (response, request) = try await exchange(
            "GET / HTTP/1.1\r\nHost: x\r\n\(String(repeating: "X-A: \(String(repeating: "b", count: 300))\r\n", count: 200))\r\n")
        #expect(response.status == 200 && request?.headers.count == 201)
    }

    @Test func `A client that expects it is told to continue`() async throws {
        try await TestServer { ServerResponse(status: 200, body: $0.body) }.run { server in
            let client = try server.client()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(try await client.response().status == 100)
            try await client.send("hello")
            #expect(try await client.response().text == "hello")
            #expect(try await client.get("/").status == 200)
        }
    }

    @Test func `A client of HTTP 1.0 is never told to continue`() async throws {
        try await TestServer { ServerResponse(status: 200, body: $0.body) }.run { server in
            let client = try server.client()
            try await client.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello")
            #expect(try await client.response().status == 200)
        }
    }

    @Test func `A client that expects to continue with too long a body is refused before it`() async throws {
        try await TestServer.echo(bodyLimit: 10).run { server in
            let client = try server.client()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n")
            #expect(try await client.response().status == 413)
            #expect(await client.isClosedByServer())
        }
    }

    @Test func `The connection of a request to upgrade is closed after its response`() async throws {
        try await TestServer.echo().run { server in
            let client = try server.client()
            let response = try await client.get(
                "/1", headers: "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: A\r\n")
            #expect(response.text == "/1" && response.header("connection") == "close")
            #expect(await client.isClosedByServer())
        }
    }

    @Test(arguments: [
        ("a=1&b=2", "b", "2"), ("a=1&a=2", "a", "2"), ("a", "a", ""), ("a=", "a", ""), ("a=b=c", "a", "b=c"), ("%61=1", "a", "1"),
        ("a=x%20y%2Bz+", "a", "x y+z+"), ("a=%C3%A9", "a", "é"), ("a=100%&b=1", "a", "100%"), ("a=%zz%20", "a", "%zz "),
        ("a=%FF", "a", "\u{FFFD}"), ("", "a", nil), ("b=1", "a", nil),
    ])
    func `A parameter is decoded as everywhere in the project`(_ query: String, _ name: String, _ value: String?) {
        #expect(ServerRequest(method: "GET", path: "/", query: query).parameter(name) == value)
    }
}
