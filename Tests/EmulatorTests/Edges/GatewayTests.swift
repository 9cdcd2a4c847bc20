import Foundation
import LambdaEvents
import Testing

@testable import Emulator

@Suite(.timeLimit(.minutes(2))) struct GatewayTests {
    static let now = VirtualTime(milliseconds: 1_325_633_400_123)  // 2012-01-03T23:30:00.123Z
    static let api = HTTPAPIDefinition(
        id: "Api",
        routes: [
            RouteDefinition(method: "GET", path: "/", function: "Page"),
            RouteDefinition(method: "ANY", path: "/echo/{name}", function: "Echo"),
            RouteDefinition(method: "GET", path: "/closed", function: "Closed", authorizer: "Key"),
            RouteDefinition(method: "GET", path: "/forever", function: "Forever", authorizer: "Always"),
            RouteDefinition(method: "GET", path: "/slow", function: "Slow", timeout: 0.2),
            RouteDefinition(method: "GET", path: "/token", function: "Closed", authorizer: "JWT"),
        ],
        authorizers: [
            AuthorizerDefinition(name: "Key", function: "Authorize", identityHeaders: ["x-api-key"], timeToLive: 300),
            AuthorizerDefinition(name: "Always", function: "Authorize", identityHeaders: ["x-api-key"]),
            AuthorizerDefinition(name: "JWT", function: nil, identityHeaders: ["authorization"]),
        ])

    /// Serves `api`; every function responds with `answer` except the authorizer, which accepts the key `good`.
    func serve(
        _ answer: @escaping RecordingInvoker.Response = { InvocationResult(requestID: "r", payload: $0.payload) },
        _ body: (PlainHTTP, RecordingInvoker) async throws -> Void
    ) async throws {
        let invoker = RecordingInvoker { invocation throws(InvocationError) in
            guard invocation.function == "Authorize" else { return try await answer(invocation) }
            let key = (try? JSONDecoder().decode(AuthorizerRequest.self, from: Data(invocation.payload)))?.identitySource?.first
            switch key {
            case "good":
                return InvocationResult(requestID: "a", payload: Array(#"{"isAuthorized":true,"context":{"name":"local","n":1}}"#.utf8))
            case "policy":
                return InvocationResult(
                    requestID: "a", payload: Array(#"{"policyDocument":{"Statement":[{"Effect":"Allow"}]},"context":{}}"#.utf8))
            case "broken": return InvocationResult(requestID: "a", payload: [], functionError: "Unhandled")
            default: return InvocationResult(requestID: "a", payload: Array(#"{"isAuthorized":false}"#.utf8))
            }
        }
        let gateway = try await Gateway.start(Self.api, invoker: invoker, port: 0, now: { Self.now })
        do {
            try await body(PlainHTTP(port: gateway.port), invoker)
        } catch {
            await gateway.stop()
            throw error
        }
        await gateway.stop()
    }

    @Test func `The event has all fields of payload 2.0`() async throws {
        try await serve { http, invoker in
            _ = try await http.call(
                "POST", "/echo/a%20b?x=1&y=p+q&x=2",
                headers: [
                    ("X-Many", "1"), ("X-Many", "2"), ("Cookie", "a=1; b=2"), ("Content-Type", "application/json; charset=utf-8"),
                    ("User-Agent", "test"),
                ], body: Array(#"{"é":1}"#.utf8))
            let payload = try #require(invoker.invocations.first).payload
            let event = try JSONDecoder().decode(HTTPAPIRequest.self, from: Data(payload))
            #expect(event.routeKey == "ANY /echo/{name}")
            #expect(event.rawPath == "/echo/a%20b")
            #expect(event.rawQueryString == "x=1&y=p+q&x=2")
            #expect(event.queryStringParameters == ["x": "1,2", "y": "p q"])
            #expect(event.pathParameters == ["name": "a b"])
            #expect(event.headers["x-many"] == "1,2")
            #expect(event.headers["cookie"] == nil && event.headers["connection"] == nil)
            #expect(event.headers["x-forwarded-for"] == "127.0.0.1" && event.headers["x-forwarded-port"] == String(http.port))
            #expect(event.cookies == ["a=1", "b=2"])
            #expect(event.body == #"{"é":1}"# && !event.isBase64Encoded)
            let context = event.requestContext
            let http = try #require(context.http)
            #expect(http.method == "POST" && http.path == "/echo/a%20b" && http.userAgent == "test" && http.protocol == "HTTP/1.1")
            #expect(context.timeEpoch == 1_325_633_400_123 && context.time == "03/Jan/2012:23:30:00 +0000")
            #expect(context.stage == "$default" && context.requestId?.count == 16 && context.authorizer == nil)
            let raw = String(decoding: payload, as: UTF8.self)
            #expect(!raw.contains("null") && raw.contains(#""version":"2.0""#))
        }
    }

    @Test func `Empty fields are absent`() async throws {
        try await serve { http, invoker in
            _ = try await http.call("GET", "/")
            let payload = try #require(invoker.invocations.first).payload
            let object = try #require(JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any])
            #expect(
                Set(object.keys) == ["version", "routeKey", "rawPath", "rawQueryString", "headers", "requestContext", "isBase64Encoded"])
        }
    }

    @Test(arguments: [
        ("application/octet-stream", false), ("text/csv", true), ("application/problem+json", true),
        ("application/x-www-form-urlencoded", false),
    ])
    func `Only text is sent as text`(_ type: String, _ isText: Bool) async throws {
        try await serve { http, invoker in
            _ = try await http.call("PUT", "/echo/x", headers: [("Content-Type", type)], body: Array("a=b".utf8))
            let event = try JSONDecoder().decode(HTTPAPIRequest.self, from: Data(try #require(invoker.invocations.first).payload))
            #expect(event.isBase64Encoded != isText)
            #expect(event.bodyBytes == Array("a=b".utf8))
        }
    }

    @Test func `Bytes that are not UTF-8 are sent as base64 even with a text type`() async throws {
        try await serve { http, invoker in
            _ = try await http.call("PUT", "/echo/x", headers: [("Content-Type", "text/plain")], body: [0xff, 0, 1])
            let event = try JSONDecoder().decode(HTTPAPIRequest.self, from: Data(try #require(invoker.invocations.first).payload))
            #expect(event.isBase64Encoded && event.bodyBytes == [0xff, 0, 1])
        }
    }

    @Test(arguments: [
        (
            #"{"statusCode":201,"headers":{"X-A":"1","content-length":"9"},"cookies":["a=1","b=2"],"body":"hi"}"#, 201, "hi",
            "text/plain; charset=utf-8"
        ),
        (
            #"{"statusCode":200,"headers":{"content-type":"image/png"},"body":"AAE=","isBase64Encoded":true}"#, 200, "\u{0}\u{1}",
            "image/png"
        ),
        (#"{"hello":"world"}"#, 200, #"{"hello":"world"}"#, "application/json"), (#""text""#, 200, "text", "application/json"),
        (#"{"statusCode":200,"body":"?","isBase64Encoded":true}"#, 500, #"{"message":"Internal Server Error"}"#, "application/json"),
        (#"{"statusCode":9}"#, 500, #"{"message":"Internal Server Error"}"#, "application/json"),
    ])
    func `Function responses become HTTP responses`(_ output: String, _ status: Int, _ body: String, _ type: String) async throws {
        try await serve({ _ in InvocationResult(requestID: "r", payload: Array(output.utf8)) }) { http, _ in
            let answer = try await http.call("GET", "/")
            #expect(answer.status == status)
            #expect(answer.text == body)
            #expect(answer.header("content-type") == type)
            #expect(answer.header("content-length") == String(body.utf8.count))
            if status == 201 {
                #expect(answer.headers.filter { $0.name == "set-cookie" }.map(\.value) == ["a=1", "b=2"])
                #expect(answer.header("x-a") == "1" && answer.header("apigw-requestid")?.count == 16)
            }
        }
    }

    @Test func `Failures become the gateway's error responses`() async throws {
        try await serve({ invocation throws(InvocationError) in
            switch String(decoding: invocation.payload, as: UTF8.self).split(separator: #""rawPath":"/echo/"#).dropFirst().first?.first {
            case "t": throw .throttled("F")
            case "u": throw .unknownFunction("F")
            case "l": throw .payloadTooLarge(limit: 1)
            case "s": throw .unavailable
            default: return InvocationResult(requestID: "r", payload: [], functionError: "Unhandled")
            }
        }) { http, _ in
            for (path, status, message) in [
                ("/echo/e", 500, "Internal Server Error"), ("/echo/t", 503, "Service Unavailable"),
                ("/echo/u", 500, "Internal Server Error"),
                ("/echo/l", 413, "Request Entity Too Large"), ("/echo/s", 503, "Service Unavailable"), ("/nowhere", 404, "Not Found"),
            ] {
                let answer = try await http.call("GET", path)
                #expect(answer.status == status)
                #expect(answer.text == #"{"message":"\#(message)"}"#)
            }
            #expect(try await http.call("HEAD", "/").status == 404)
            #expect(try await http.call("OPTIONS", "/").status == 404)
        }
    }

    @Test func `A HEAD response has the length but no body`() async throws {
        try await serve({ _ in InvocationResult(requestID: "r", payload: Array(#"{"statusCode":200,"body":"hello"}"#.utf8)) }) { http, _ in
            let answer = try await http.call("HEAD", "/echo/x")
            #expect(answer.status == 200 && answer.body.isEmpty && answer.header("content-length") == "5")
        }
    }

    @Test func `A slow function times out and the connection stays open`() async throws {
        try await serve({ invocation in
            if invocation.function == "Slow" { try? await Task.sleep(for: .seconds(600)) }
            return InvocationResult(requestID: "r", payload: Array(#""\#(invocation.function)""#.utf8))
        }) { http, _ in
            let bytes = try await http.raw(
                Array("GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8))
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 503") && text.contains(#"{"message":"Service Unavailable"}"#) && text.hasSuffix("Page"))
        }
    }

    @Test func `A body over ten megabytes is rejected`() async throws {
        try await serve { http, invoker in
            let limit = Gateway.bodyLimit
            #expect(try await http.call("POST", "/echo/x", body: [UInt8](repeating: 65, count: limit + 1)).status == 413)
            let chunk = String(repeating: "x", count: 1 << 20)
            let chunks = String(repeating: "100000\r\n\(chunk)\r\n", count: 11)
            let answer = try await http.raw(
                Array("POST /echo/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n".utf8))
            #expect(PlainHTTP.parse(answer)?.status == 413)
            #expect(invoker.invocations.isEmpty)
        }
    }
}
