import AWS
import Foundation
import Testing

@testable import Emulator

/// What web pages and strangers get from the ports of a stack.
@Suite struct RequestGuardTests {
    private static let invoke = "/2015-03-31/functions/F/invocations"
    private static let targets = [
        ("POST", invoke), ("GET", "/2015-03-31/functions"), ("GET", "/2015-03-31/functions/F"), ("GET", "/emulator/status"),
        ("POST", "/emulator/advance?to=2030-01-01T00:00:00Z"), ("POST", "/emulator/clock?mode=held&at=2030-01-01T00:00:00Z"),
        ("OPTIONS", invoke), ("GET", "/nowhere"),
    ]

    private static func type(_ response: PlainHTTP.Response) -> String? { response.header("x-amzn-errortype") }

    @Test func `Requests without the stack's signature are refused and change nothing`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        await stack.start()
        let before = stack.clock.state
        for (method, target) in Self.targets {
            let response = try await PlainHTTP(port: stack.apiPort).call(method, target, body: Array(#"{"mark":"plain"}"#.utf8))
            #expect(response.status == 403 && Self.type(response) == "MissingAuthenticationTokenException", "\(method) \(target)")
            #expect(!response.headers.contains { $0.name.hasPrefix("access-control-") })
        }
        // Refused by its head: the body never comes.
        let head = "POST \(Self.invoke) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6000000\r\n\r\n"
        #expect(PlainHTTP.parse(try await PlainHTTP(port: stack.apiPort).raw(Array(head.utf8)))?.status == 403)
        let event = #"{"mark":"signed"}"#
        let stranger = SignedHTTP(port: stack.apiPort, credentials: Credentials(accessKey: "k", secretKey: "s"))
        #expect(Self.type(try await stranger.call("POST", Self.invoke, body: event)) == "UnrecognizedClientException")
        let guessed = SignedHTTP(
            port: stack.apiPort, credentials: Credentials(accessKey: FunctionFolder.credentials.accessKey, secretKey: "s"))
        #expect(Self.type(try await guessed.call("POST", Self.invoke, body: event)) == "InvalidSignatureException")
        #expect(folder.marks == [])
        #expect(stack.clock.state == before)
        #expect(try await stack.signed.call("POST", Self.invoke, body: event).text == event)
        #expect(folder.marks == ["signed"])
        try await stack.stop()
    }

    @Test(
        arguments: [
            [("Origin", "http://evil.example")], [("Origin", "null")], [("Referer", "http://127.0.0.1/")],
            [("Sec-Fetch-Site", "same-site")],
            [("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")],
        ])
    func `Requests of web pages are refused even with a signature`(_ headers: [(String, String)]) async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        await stack.start()
        for (method, target) in Self.targets {
            let response = try await stack.signed.call(method, target, body: #"{"mark":1}"#, more: headers)
            #expect(response.status == 403 && Self.type(response) == "AccessDeniedException", "\(method) \(target)")
            #expect(!response.headers.contains { $0.name.hasPrefix("access-control-") })
        }
        #expect(folder.marks == [])
        try await stack.stop()
    }

    @Test(arguments: ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "[::2]", "10.0.0.1", ""])
    func `A host name that leads here is refused`(_ host: String) async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        await stack.start()
        let bytes = try await PlainHTTP(port: stack.apiPort).raw(
            Array("GET /emulator/status HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8))
        let response = try #require(PlainHTTP.parse(bytes))
        #expect(response.status == 403 && Self.type(response) == "AccessDeniedException")
        try await stack.stop()
    }

    @Test func `A web page cannot take a function's events`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F", timeout: 5)))
        let seen = try await stack.invoke("F", #"{"do":"look"}"#).json
        let address = try #require((seen["environment"] as? [String: String])?["AWS_LAMBDA_RUNTIME_API"])
        let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
        let base = "/2018-06-01/runtime/"
        for headers in [[("Origin", "http://evil.example")], [("Sec-Fetch-Mode", "no-cors")], [("User-Agent", "Mozilla/5.0")]] {
            for (method, target) in [
                ("GET", "\(base)invocation/next"), ("POST", "\(base)init/error"), ("POST", "/2020-01-01/extension/register"),
            ] {
                let response = try await PlainHTTP(port: port).call(method, target, headers: headers)
                #expect(response.status == 403, "\(method) \(target)")
            }
        }
        let rebound = try await PlainHTTP(port: port).raw(
            Array("GET \(base)invocation/next HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".utf8))
        #expect(PlainHTTP.parse(rebound)?.status == 403)
        let after = try await stack.invoke("F", #"{"do":"look"}"#).json
        #expect(after["pid"] as? Int == seen["pid"] as? Int && after["served"] as? Int == 2)
        try await stack.stop()
    }

    @Test func `A client context cannot add headers to the Runtime API's response`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F", timeout: 5)))
        await stack.start()
        let contexts = [
            ("{\"a\":\"b\"}\r\nLambda-Runtime-Aws-Request-Id: evil", 400), ("no json", 400), ("[1]", 400), ("{\"a\":\"b\"}", 200),
            ("{\r\n  \"a\":\t\"b\"\r\n}", 200),
        ]
        for (context, status) in contexts {
            let encoded = Data(context.utf8).base64EncodedString()
            let response = try await stack.signed.call(
                "POST", Self.invoke, body: #"{"do":"look"}"#, more: [("X-Amz-Client-Context", encoded)])
            #expect(response.status == status, "\(context)")
            guard status == 200 else { continue }
            let headers = (try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])?["headers"] as? [String: String]
            let received = try #require(headers?["lambda-runtime-client-context"])
            #expect(try JSONDecoder().decode([String: String].self, from: Data(received.utf8)) == ["a": "b"])
        }
        var invocation = Invocation(function: "F", payload: Array(#"{"do":"look"}"#.utf8))
        invocation.clientContext = "x\r\nevil: 1\r\n\r\n{}"
        invocation.cognitoIdentity = "x\nevil: 2"
        invocation.tenantID = "x\r\nevil: 3"
        invocation.traceID = "x\r\nevil: 4"
        let headers = try await stack.invoke(invocation).json["headers"] as? [String: String]
        #expect(headers?["evil"] == nil)
        #expect(headers?["lambda-runtime-client-context"] == "x  evil: 1    {}")
        try await stack.stop()
    }
}
