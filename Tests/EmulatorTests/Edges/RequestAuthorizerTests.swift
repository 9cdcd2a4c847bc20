import Formats
import Foundation
import LambdaEvents
import Testing

@testable import Emulator

extension GatewayTests {
    @Test func `The authorizer's context reaches the function`() async throws {
        try await serve { http, invoker in
            let answer = try await http.call("GET", "/closed", headers: [("X-Api-Key", "good")])
            let event = try JSONDecoder().decode(HTTPAPIRequest.self, from: Data(answer.body))
            #expect(event.requestContext.authorizer?.lambda == ["name": "local", "n": 1])
            let question = try JSONDecoder().decode(AuthorizerRequest.self, from: Data(invoker.invocations[0].payload))
            #expect(question.type == "REQUEST" && question.version == "2.0" && question.identitySource == ["good"])
            #expect(question.routeArn == "arn:aws:execute-api:us-east-1:000000000000:local/$default/GET/closed")
            #expect(try await http.call("GET", "/closed", headers: [("x-api-key", "policy")]).status == 200)
        }
    }

    @Test(
        arguments: [
            ("/closed", nil, 401, "Unauthorized", 0), ("/closed", "", 401, "Unauthorized", 0), ("/closed", "bad", 403, "Forbidden", 1),
            ("/closed", "broken", 500, "Internal Server Error", 1), ("/token", "x", 401, "Unauthorized", 0),
        ] as [(String, String?, Int, String, Int)])
    func `Unauthorized requests are rejected`(
        _ path: String, _ key: String?, _ status: Int, _ message: String, _ questions: Int
    ) async throws {
        try await serve { http, invoker in
            let answer = try await http.call("GET", path, headers: key.map { [("X-Api-Key", $0)] } ?? [])
            #expect(answer.status == status)
            #expect(answer.text == #"{"message":"\#(message)"}"#)
            #expect(invoker.invocations.count == questions)
        }
    }

    @Test func `Decisions are cached for the configured time but failures are not`() async throws {
        try await serve { http, invoker in
            func questions() -> Int { invoker.invocations.count { $0.function == "Authorize" } }
            for _ in 0..<3 { _ = try await http.call("GET", "/closed", headers: [("X-Api-Key", "good")]) }
            for _ in 0..<3 { _ = try await http.call("GET", "/closed", headers: [("X-Api-Key", "bad")]) }
            #expect(questions() == 2)
            for _ in 0..<3 { _ = try await http.call("GET", "/closed", headers: [("X-Api-Key", "broken")]) }
            #expect(questions() == 5)
            for _ in 0..<3 { _ = try await http.call("GET", "/forever", headers: [("X-Api-Key", "good")]) }
            #expect(questions() == 8)
        }
    }
}
