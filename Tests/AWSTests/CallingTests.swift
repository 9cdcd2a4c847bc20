import AWS
import Foundation
import HTTP
import TestSupport
import Testing

/// What the callers do when a service answers as services sometimes do.
@Suite(.timeLimit(.minutes(1)))
struct CallingTests {
    static func environment(_ server: LoopbackServer) -> [String: String] {
        ["AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_SESSION_TOKEN": "TOKEN/+=="]
    }

    static func error(_ code: String, _ more: String = "") -> [UInt8] {
        Array("<?xml version=\"1.0\"?>\n<Error><Code>\(code)</Code><Message>m</Message>\(more)<RequestId>R1</RequestId></Error>".utf8)
    }

    @Test(arguments: ["SlowDown", "InternalError", "RequestTimeout"])
    func `A passing error is retried and signed anew`(_ code: String) async throws {
        let server = LoopbackServer.responding { _, count, connection in
            count == 0 ? connection.respond(code == "RequestTimeout" ? 400 : 503, body: Self.error(code)) : connection.respond()
        }
        defer { server.stop() }
        let s3 = S3Client(HTTPClient(), environment: Self.environment(server))
        #expect(try await s3.put(bucket: "raw", key: "k", body: [1]) == .created)
        #expect(server.seen.count == 2)
        #expect(server.seen.allSatisfy { $0.contains("X-Amz-Security-Token: TOKEN/+==\r\n") })
    }

    @Test func `An error that stays is not retried`() async throws {
        let server = LoopbackServer.responding { _, _, connection in connection.respond(403, body: Self.error("AccessDenied")) }
        defer { server.stop() }
        let s3 = S3Client(HTTPClient(), environment: Self.environment(server))
        let error = await #expect(throws: AWSError.self) { try await s3.get(bucket: "raw", key: "k") }
        #expect(error?.code == .accessDenied)
        #expect(error?.requestId == "R1")
        #expect(server.seen.count == 1)
    }

    @Test func `The region of a bucket elsewhere is learned once and remembered`() async throws {
        let server = LoopbackServer.responding { request, _, connection in
            guard request.contains("/eu-west-1/s3/aws4_request") else {
                return connection.respond(400, body: Self.error("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"))
            }
            connection.respond(body: Array("found".utf8))
        }
        defer { server.stop() }
        let s3 = S3Client(HTTPClient(), environment: Self.environment(server))
        #expect(try await s3.get(bucket: "raw", key: "k").body == Array("found".utf8))
        _ = try await s3.get(bucket: "raw", key: "k")
        #expect(server.seen.count == 3)
    }

    @Test func `The servers clock is taken over once`() async throws {
        let server = LoopbackServer.responding { request, _, connection in
            let isRight = request.contains("X-Amz-Date: 20360101T0")
            connection.respond(
                isRight ? 200 : 403, headers: ["Date: Tue, 01 Jan 2036 00:00:00 GMT"],
                body: isRight ? [] : Self.error("RequestTimeTooSkewed"))
        }
        defer { server.stop() }
        let s3 = S3Client(HTTPClient(), environment: Self.environment(server))
        #expect(try await s3.put(bucket: "raw", key: "k", body: []) == .created)
        #expect(server.seen.count == 2)
    }

    @Test func `An error inside of a 200 is an error but an object may look like one`() async throws {
        let server = LoopbackServer.responding { _, _, connection in
            connection.respond(headers: ["Content-Type: application/xml"], body: Self.error("InternalError"))
        }
        defer { server.stop() }
        let s3 = S3Client(HTTPClient(), environment: Self.environment(server))
        let error = await #expect(throws: AWSError.self) { try await s3.page(bucket: "raw") }
        #expect(error?.code == .internalError)
        #expect(server.seen.count == 3)
        #expect(try await s3.get(bucket: "raw", key: "k").body == Self.error("InternalError"))
    }

    @Test func `A checksum that does not match is rejected`() async throws {
        let server = LoopbackServer.responding { _, _, connection in
            connection.respond(headers: ["x-amz-checksum-sha256: 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="], body: [1])
        }
        defer { server.stop() }
        let s3 = S3Client(HTTPClient(), environment: Self.environment(server))
        let error = await #expect(throws: AWSError.self) { try await s3.get(bucket: "raw", key: "k") }
        #expect(error?.code == .corrupted)
    }

    @Test func `A failed function is surfaced`() async throws {
        let server = LoopbackServer.responding { _, _, connection in
            connection.respond(
                headers: ["X-Amz-Function-Error: Unhandled", "X-Amz-Log-Result: bG9n"], body: Array("{\"errorType\":\"X\"}".utf8))
        }
        defer { server.stop() }
        let lambda = LambdaClient(HTTPClient(), environment: Self.environment(server))
        let answer = try await lambda.invoke(
            "arn:aws:lambda:us-east-1:1:function:f", payload: Array("{}".utf8), qualifier: "live", wantsLogTail: true)
        #expect(answer.functionError == "Unhandled")
        #expect(answer.logTail == "log")
        #expect(
            server.seen[0].hasPrefix(
                "POST /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af/invocations?Qualifier=live HTTP/1.1"))
        #expect(server.seen[0].contains("X-Amz-Invocation-Type: RequestResponse\r\n"))
    }

    /// The first request leaves an open connection, over which libcurl would send the second one again.
    @Test func `An event whose connection breaks is sent once`() async throws {
        let server = LoopbackServer.responding { _, count, connection in
            count == 0 ? connection.respond(202) : Misbehaviour.silence.respond(on: connection)
        }
        defer { server.stop() }
        let lambda = LambdaClient(HTTPClient(), environment: Self.environment(server))
        _ = try await lambda.invoke("f", payload: Array("{}".utf8), type: .event)
        let error = await #expect(throws: AWSError.self) { try await lambda.invoke("f", payload: Array("{}".utf8), type: .event) }
        #expect(error?.transport?.kind == .broken)
        #expect(server.seen.count == 2)
        await #expect(throws: AWSError.self) { try await lambda.invoke("f", payload: Array("{}".utf8)) }
        #expect(server.seen.count > 3, "an invocation that waits for its result is sent again")
    }

    @Test func `An event that Lambda did not take is sent again`() async throws {
        let server = LoopbackServer.responding { _, count, connection in connection.respond(count == 0 ? 503 : 202) }
        defer { server.stop() }
        let lambda = LambdaClient(HTTPClient(), environment: Self.environment(server))
        #expect(try await lambda.invoke("f", payload: Array("{}".utf8), type: .event).status == 202)
        #expect(server.seen.count == 2)
    }

    @Test func `A JSON error is typed`() async throws {
        let body = Array("{\"__type\":\"com.amazonaws.x#ResourceNotFoundException\",\"Message\":\"no such secret\"}".utf8)
        let server = LoopbackServer.responding { _, _, connection in connection.respond(400, body: body) }
        defer { server.stop() }
        let secrets = SecretsClient(HTTPClient(), environment: Self.environment(server))
        let error = await #expect(throws: AWSError.self) { try await secrets.secret("db") }
        #expect(error?.code == .resourceNotFound)
        #expect(error?.message == "no such secret")
    }

    @Test(arguments: ["{\"SecretString\":\"s\\u00e9cret\"}", "{\"SecretBinary\":\"c8OpY3JldA==\"}"])
    func `A secret is read as text`(_ body: String) async throws {
        let server = LoopbackServer.responding { _, _, connection in connection.respond(body: Array(body.utf8)) }
        defer { server.stop() }
        let secrets = SecretsClient(HTTPClient(), environment: Self.environment(server))
        #expect(try await secrets.secret("db") == "sécret")
        #expect(server.seen[0].contains("X-Amz-Target: secretsmanager.GetSecretValue\r\n"))
    }

    @Test func `Credentials can come from a containers endpoint`() async throws {
        let body = "{\"AccessKeyId\":\"CK\",\"SecretAccessKey\":\"S\",\"Token\":\"T\",\"Expiration\":\"2099-01-01T00:00:00Z\"}"
        let server = LoopbackServer.responding { request, _, connection in
            connection.respond(body: request.hasPrefix("GET /creds") ? Array(body.utf8) : [])
        }
        defer { server.stop() }
        let environment = [
            "AWS_ENDPOINT_URL": server.url, "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/creds",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "let me in",
        ]
        let s3 = S3Client(HTTPClient(), environment: environment)
        try await s3.put(bucket: "raw", key: "a", body: [])
        try await s3.put(bucket: "raw", key: "b", body: [])
        #expect(server.seen.filter { $0.contains("Authorization: let me in") }.count == 1)
        #expect(server.seen.last?.contains("Credential=CK/") == true)
    }
}
