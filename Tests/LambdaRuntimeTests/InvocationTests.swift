import Foundation
import Glibc
import Logging
import Testing

@testable import LambdaRuntime

@Suite struct `Invocations` {
    private let greet: [String: any Function.Type] = ["Greet": Greet.self]

    @Test func `An event is decoded, and the response is sent as JSON with its type`() async {
        let run = await run(greet, handler: "Greet", RuntimeServer([.event(#"{"name":"Ada","list":[{"count":1}]}"#)]))
        #expect(run.posts.first?.text == #"{"list":[{"count":1}],"name":"hello Ada"}"#)
        #expect(run.posts.first?.headers["content-type"] == "application/json")
        #expect(run.requests.allSatisfy { $0.headers["user-agent"]?.contains("/") == true && $0.headers["host"]?.isEmpty == false })
    }

    @Test func `A handler that leaves the loop's thread is waited for`() async {
        let run = await run(
            greet, handler: "Greet", RuntimeServer([.event(#"{"name":"hop","list":[]}"#), .event(#"{"name":"x","list":[]}"#)]))
        #expect(run.posts.map(\.text) == [#"{"list":[],"name":"hopped"}"#, #"{"list":[],"name":"hello x"}"#])
    }

    @Test func `A thrown case becomes the error's type and its text stays valid JSON`() async {
        let run = await run(
            greet, handler: "Greet", RuntimeServer([.event(#"{"name":"bad","list":[]}"#), .event(#"{"name":"quiet","list":[]}"#)]))
        let first = run.posts.first
        #expect(first?.path == "/2018-06-01/runtime/invocation/request-1/error")
        #expect(first?.headers["lambda-runtime-function-error-type"] == "Function.UnknownName")
        #expect(first?.json?["errorType"] as? String == "Function.UnknownName")
        #expect((first?.json?["errorMessage"] as? String)?.contains("ü") == true)
        #expect(first?.json?["stackTrace"] as? [String] == [])
        #expect(run.posts.last?.headers["lambda-runtime-function-error-type"] == "Function.Quiet")
        #expect(run.log.contains { $0["level"] == "ERROR" && $0["errorType"] == "Function.Quiet" && $0["requestId"] == "request-1" })
    }

    @Test(arguments: [
        (#"{"name":"x","list":[{"count":1},{}]}"#, "$.list[1]"), (#"{"name":"x","list":[{"count":"1"}]}"#, "$.list[0].count"),
        (#"{"name":null,"list":[]}"#, "$.name"), (#"{"name":"#, "$"), ("", "$"),
    ])
    func `An event that does not fit is an error of that invocation with the place in the JSON`(_ event: String, _ path: String) async {
        let run = await run(greet, handler: "Greet", RuntimeServer([.event(event), .event(#"{"name":"y","list":[]}"#)]))
        #expect(run.posts.first?.json?["errorType"] as? String == "Runtime.InvalidEvent")
        #expect((run.posts.first?.json?["errorMessage"] as? String)?.contains(path + ":") == true)
        #expect(run.posts.last?.path.hasSuffix("/response") == true)
    }

    @Test(arguments: ["", "http://", "HTTP://"], ["", "/", "/.rt/Echo", "/.rt/Echo/"])
    func `The address may be a URL and have a path before the API's own`(_ scheme: String, _ prefix: String) async {
        let server = RuntimeServer([.event("1")])
        let run = await run(server, api: "\(scheme)127.0.0.1:\(server.port)\(prefix)")
        let base = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
        #expect(run.requests.first?.path == base + "/2018-06-01/runtime/invocation/next" && run.posts.count == 1)
    }

    @Test func `A host name is looked up`() async {
        let server = RuntimeServer([.event("1")])
        #expect(await run(server, api: "localhost:\(server.port)").posts.count == 1)
    }

    @Test(arguments: ["", "host:", "host:99999", ":80", "host:80/with blank"])
    func `What is no address ends the process with its own code`(_ text: String) async {
        #expect(await run(RuntimeServer([]), api: text).code == .noRuntimeAPI)
    }
}

@Suite(.serialized) struct `The context` {
    struct Witness: Function {
        init(_ environment: [String: String]) async throws {}
        func handle(_ event: RawBytes, _ context: Context) async throws -> [String: String] {
            context.logger.info("seen", metadata: ["answer": "42"])
            let remaining = context.deadline.remaining
            return [
                "trace": context.traceId ?? "-", "variable": getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) } ?? "-",
                "client": context.clientContext ?? "-", "identity": context.cognitoIdentity ?? "-", "tenant": context.tenantId ?? "-",
                "arn": context.invokedFunctionArn, "current": Context.current?.requestId ?? "-",
                "time": remaining > .seconds(30) && remaining <= .seconds(60) && context.cutOff < context.deadline ? "ok" : "\(remaining)",
            ]
        }
    }

    @Test func `Every header reaches the handler, and the trace variable lives as long as its invocation`() async throws {
        let headers = [
            "Lambda-Runtime-Trace-Id": "Root=1-2-3", "LAMBDA-RUNTIME-CLIENT-CONTEXT": #"{"client":{}}"#,
            "lambda-runtime-cognito-identity": #"{"cognitoIdentityId":"i"}"#, "Lambda-Runtime-Aws-Tenant-Id": "tenant-7",
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:r:a:function:f:live",
        ]
        let run = await run(
            ["W": Witness.self], handler: "W", RuntimeServer([.event("1", milliseconds: 60_000, headers), .event("2", id: "request-2")]))
        let first = try #require(run.posts.first?.json as? [String: String])
        #expect(first["trace"] == "Root=1-2-3" && first["variable"] == "Root=1-2-3" && first["tenant"] == "tenant-7")
        #expect(first["client"] == #"{"client":{}}"# && first["identity"] == #"{"cognitoIdentityId":"i"}"#)
        #expect(first["arn"] == "arn:aws:lambda:r:a:function:f:live" && first["current"] == "request-1" && first["time"] == "ok")
        let second = try #require(run.posts.last?.json as? [String: String])
        #expect(second["trace"] == "-" && second["variable"] == "-" && second["client"] == "-")
        let seen = run.log.filter { $0["message"] == "seen" }
        #expect(seen.map { $0["requestId"] } == ["request-1", "request-2"] && seen.first?["tenantId"] == "tenant-7")
    }
}
