import Foundation
import LambdaEvents
import Testing

@testable import LambdaRuntime

@Suite struct LambdaFuzzTests {
    private static let request = #"""
        {"version":"2.0","routeKey":"GET /v1/{s}","rawPath":"/v1/A","rawQueryString":"x=1","cookies":["a=1"],"headers":{"x-api-key":"k"},
        "queryStringParameters":{"x":"1"},"requestContext":{"accountId":"1","authorizer":{"lambda":{"key":"local"}},"domainPrefix":"d",
        "http":{"method":"GET","path":"/","protocol":"HTTP/1.1","sourceIp":"::1","userAgent":"u"},"time":"t","timeEpoch":1325629800000},
        "body":"\u00e9","pathParameters":{"s":"A"},"isBase64Encoded":false}
        """#

    private func decode(_ type: (some Decodable).Type, _ bytes: [UInt8]) {
        do { _ = try JSONDecoder().decode(type, from: Data(bytes)) } catch { #expect(error is DecodingError) }
    }

    @Test func `Events of HTTP APIs and authorizers`() throws {
        try Fuzzing.run(seed: 11, texts: [Self.request]) { bytes in
            decode(HTTPAPIRequest.self, bytes)
            decode(AuthorizerRequest.self, bytes)
            if let read = HTTPAPIRequest(reading: bytes) {
                let request = try? JSONDecoder().decode(HTTPAPIRequest.self, from: Data(bytes))
                #expect(request == nil || request?.rawPath == read.rawPath || bytes.count(where: { $0 == UInt8(ascii: "P") }) > 1)
            }
        }
    }

    @Test func `Notifications of S3`() throws {
        let sample = #"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"raw%2Fa+b","size":5}}}]}"#
        try Fuzzing.run(seed: 12, texts: [sample, #"{"Event":"s3:TestEvent"}"#]) { decode(S3Event.self, $0) }
    }

    @Test func `Responses of the Runtime API`() throws {
        let head = "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r-1\r\nLambda-Runtime-Deadline-Ms: 1325629800000\r\n"
        try Fuzzing.run(
            seed: 13,
            texts: [
                head + "Content-Length: 5\r\n\r\n\"abc\"",
                head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\nT: 1\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n" + head + "Connection: close\r\n\r\nuntil the end", "HTTP/1.1 204 No Content\r\n\r\n",
            ]
        ) { bytes in
            var parser = RuntimeAPIResponseParser()
            do throws(NetworkError) {
                let isComplete = try parser.receive(bytes)
                if !isComplete { try parser.closed() }
                if case .invocation(let invocation) = PollResult(parser.response), let deadline = invocation.deadline {
                    _ = (deadline.remaining, deadline.less(.seconds(1)), deadline.instant)
                }
            } catch {}
        }
    }
}
