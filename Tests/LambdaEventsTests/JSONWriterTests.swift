import Formats
import Foundation
import LambdaEvents
import Testing

@Suite struct `Written JSON` {
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    @Test(arguments: ["", "plain / text", "\"quoted\" \\ \u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}", "é 😀 \u{2028}"])
    func `Text is escaped as the encoder does`(_ text: String) throws {
        var writer = JSONWriter()
        writer.string(text)
        #expect(writer.bytes == Array(try Self.encoder.encode(text)))
    }

    @Test(arguments: [
        0, -0.0, 1, -17, 0.05, 1e-7, 123_456_789.125, 1e15, 1e16, 1e21, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ])
    func `Numbers are as the encoder writes them`(_ number: Double) throws {
        var writer = JSONWriter()
        writer.number(number)
        #expect(writer.bytes == Array(try Self.encoder.encode(number)))
    }

    @Test func `A number that is not finite is null`() {
        var writer = JSONWriter()
        writer.list([Double.nan, .infinity, 1]) { $0.number($1) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[null,null,1]")
    }

    @Test func `Commas stand between members and nowhere else`() {
        var writer = JSONWriter()
        writer.object { outer in
            outer.object("empty") { _ in }
            outer.list("list", [[1, 2], []]) { $0.list($1) { $0.number($1) } }
            outer.member("last", true)
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"empty":{},"list":[[1,2],[]],"last":true}"#)
    }

    @Test func `An event is what the encoder would write`() throws {
        let context = HTTPAPIRequestContext(
            http: .init(method: "GET", path: "/a/b", userAgent: "\"x\""), requestId: "r", time: "03/Jan/2012:22:30:00 +0000", timeEpoch: 5,
            authorizer: .init(
                lambda: ["key": "local", "n": .number(1.5), "none": .null, "deep": .array([.bool(true), ["b": 2, "a": 1]])],
                jwt: .init(claims: ["sub": "1"], scopes: ["read"]), iam: ["userId": "A"]))
        var request = HTTPAPIRequest(
            rawPath: "/a/b", rawQueryString: "x=1", cookies: ["a=1"], headers: ["host": "h", "accept": "*/*"],
            queryStringParameters: ["x": "1"], requestContext: context, body: "é\n", pathParameters: ["b": "b"],
            stageVariables: ["s": "1"], isBase64Encoded: false)
        #expect(request.json() == Array(try Self.encoder.encode(request)))
        request = HTTPAPIRequest(
            routeKey: nil, rawPath: "/", requestContext: .init(http: .init(method: "GET", path: "/"), requestId: "", time: "", timeEpoch: 0)
        )
        #expect(request.json() == Array(try Self.encoder.encode(request)))
        request = HTTPAPIRequest(rawPath: "/", requestContext: HTTPAPIRequestContext())
        #expect(request.json() == Array(try Self.encoder.encode(request)))
    }

    @Test func `A response is what the encoder would write`() throws {
        let full = HTTPAPIResponse(statusCode: 201, headers: ["b": "2", "a": "1"], cookies: ["c=1"], body: #"{"a":"b"}"#)
        let bare = HTTPAPIResponse(statusCode: 204)
        for response in [full, bare] { #expect(response.json() == Array(try Self.encoder.encode(response))) }
    }

    @Test(arguments: [
        #"{"statusCode":200}"#, #" { "body" : "" , "statusCode" : 404 , "headers" : { } } "#,
        #"{"body":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é","cookies":["a","b"],"headers":{"A":"1"},"isBase64Encoded":true,"statusCode":201}"#,
        #"{"statusCode":200,"headers":{"x":3,"y":true},"body":null}"#, #"{"statusCode":2e2,"more":[1,{}]}"#,
    ])
    func `A response is read as the decoder reads it`(_ text: String) throws {
        let response = HTTPAPIResponse.inferred(from: Array(text.utf8))
        #expect(response == (try JSONDecoder().decode(HTTPAPIResponse.self, from: Data(text.utf8))))
        #expect(response.headers["content-type"] == nil)
    }

    @Test(arguments: [
        "", "{", #"{"statusCode":200"#, #"{"statusCode":200}x"#, #"{"statusCode":200,,}"#, #"{"statusCode":200,"body":"\ud83d"}"#,
        #"{"statusCode":200,"body":"\x"}"#, "{\"statusCode\":200,\"body\":\"\n\"}", #"{"statusCode":-}"#, #"{"body":"x"}"#,
    ])
    func `What is no response in JSON becomes the body`(_ text: String) {
        #expect(HTTPAPIResponse.inferred(from: Array(text.utf8)).body == text)
    }
}
