import Formats
import Foundation
import LambdaEvents
import TestVectors
import Testing

@Suite struct `HTTP API events` {
    @Test(
        .enabled(if: Vectors.arePresent, "needs BELLWETHER_VECTORS"),
        arguments: [
            "apigw-v2-request-no-authorizer", "apigw-v2-request-jwt-authorizer", "pt-apiGatewayProxyV2Event_GET", "lambda-urls-request",
            "rs-example-apigw-v2-request-multi-value-parameters",
        ])
    func `Recorded requests decode and survive a round trip`(_ name: String) throws {
        let request = try Vectors.decode(HTTPAPIRequest.self, name)
        #expect(try again(request) == request)
        #expect(try #require(request.requestContext.timeEpoch) > 1_500_000_000_000)
        #expect(try #require(request.requestContext.http).method.count > 2)
    }

    @Test(.enabled(if: Vectors.arePresent, "needs BELLWETHER_VECTORS"))
    func `Maps that are not sent are absent and those that are sent are read`() throws {
        let bare = try Vectors.decode(HTTPAPIRequest.self, "apigw-v2-request-no-authorizer")
        #expect(bare.queryStringParameters == nil && bare.cookies == nil && bare.pathParameters == nil && bare.body == nil)
        #expect(bare.bodyBytes == [])
        let jwt = try Vectors.decode(HTTPAPIRequest.self, "apigw-v2-request-jwt-authorizer")
        #expect(jwt.requestContext.authorizer?.jwt?.claims["claim1"] == "value1")
        #expect(jwt.header("header1") == "value1" && jwt.cookies?.count == 2)
        let url = try Vectors.decode(HTTPAPIRequest.self, "lambda-urls-request")
        #expect(url.routeKey == nil && url.requestContext.stage == nil && url.requestContext.authorizer?.iam?["userId"] == "AIDA...")
    }

    @Test(.enabled(if: Vectors.arePresent, "needs BELLWETHER_VECTORS"))
    func `A recorded response decodes and survives a round trip`() throws {
        let response = try Vectors.decode(HTTPAPIResponse.self, "lambda-urls-response")
        #expect(response.statusCode == 201 && response.cookies?.count == 2)
        #expect(try again(response) == response)
    }

    @Test(.enabled(if: Vectors.arePresent, "needs BELLWETHER_VECTORS"))
    func `A REST API event is refused by its version`() {
        #expect(throws: DecodingError.self) { try Vectors.decode(HTTPAPIRequest.self, "apigw-request") }
    }

    @Test(
        .enabled(if: Vectors.arePresent, "needs BELLWETHER_VECTORS"),
        arguments: ["apigw-v2-request-no-authorizer", "rs-example-apigw-v2-request-multi-value-parameters"])
    func `A recorded event is read as the decoder reads it`(_ name: String) throws {
        #expect(HTTPAPIRequest(reading: Array(try Vectors.sample(name))) == (try Vectors.decode(HTTPAPIRequest.self, name)))
    }

    @Test(arguments: [
        #"{"version":"2.0","rawPath":"/v1/symbols","requestContext":{"http":{"method":"GET"},"timeEpoch":5}}"#,
        #"{"version":"2.0","rawPath":"/","requestContext":{},"more":[{"a":[1,null,"é"]}],"isBase64Encoded":false}"#,
        #"{"version":"2.0","rawPath":"/"}"#,
    ])
    func `A request needs only what functions use`(_ text: String) throws {
        let request = try decoded(HTTPAPIRequest.self, text)
        #expect(HTTPAPIRequest(reading: Array(text.utf8)) == request)
        #expect(try again(request) == request)
        #expect(request.headers == [:] && request.requestContext.domainPrefix == nil)
    }

    @Test func `Members that no function uses may hold anything`() throws {
        let request = try decoded(
            HTTPAPIRequest.self,
            #"""
            {"rawPath": "/", "routeKey": 7, "cookies": {}, "stageVariables": [], "headers": null, "requestContext": {
              "accountId": 12, "domainPrefix": null, "http": "GET", "time": 3, "timeEpoch": "soon", "requestId": {}, "stage": [1]}}
            """#)
        #expect(request.rawPath == "/" && request.requestContext == HTTPAPIRequestContext())
        #expect(throws: DecodingError.self) { try decoded(HTTPAPIRequest.self, #"{"version":"2.0","requestContext":{}}"#) }
        #expect(throws: DecodingError.self) { try decoded(HTTPAPIRequest.self, #"{"rawPath":"/","headers":[]}"#) }
    }

    @Test func `What the gateway writes reads itself`() throws {
        let context = HTTPAPIRequestContext(
            http: .init(method: "POST", path: "/a"), requestId: "r", time: "03/Jan/2012:22:30:00 +0000", timeEpoch: 1_325_629_800_000,
            authorizer: .init(lambda: ["key": "local"]))
        let request = HTTPAPIRequest(
            routeKey: "POST /{x}", rawPath: "/a", rawQueryString: "q=1", cookies: ["c=1"], headers: ["host": "h"],
            queryStringParameters: ["q": "1"], requestContext: context, body: "\"é\"", pathParameters: ["x": "a"],
            stageVariables: ["s": "1"])
        #expect(HTTPAPIRequest(reading: request.json()) == request)
        let text = String(decoding: request.json(), as: UTF8.self)
        for broken in [text.replacing("2.0", with: "1.0"), text.replacing("rawPath", with: "path"), text + "x", String(text.dropLast())] {
            #expect(HTTPAPIRequest(reading: Array(broken.utf8)) == nil)
        }
    }

    @Test func `A request carries a Lambda authorizer's context`() throws {
        let http = HTTPAPIRequestContext.HTTP(method: "GET", path: "/v1/symbols")
        let context = HTTPAPIRequestContext(
            http: http, requestId: "r", time: "03/Jan/2012:22:30:00 +0000", timeEpoch: 1_325_629_800_000,
            authorizer: .init(lambda: ["key": "local", "admin": true, "quota": 5]))
        let request = HTTPAPIRequest(
            routeKey: "GET /v1/symbols", rawPath: "/v1/symbols", headers: ["x-api-key": "k"], requestContext: context)
        let copy = try again(request)
        #expect(copy == request)
        #expect(copy.requestContext.authorizer?.lambda?["key"]?.string == "local" && copy.header("X-Api-Key") == "k")
    }

    @Test func `A base64 body is decoded and a broken one is not guessed`() throws {
        let context = HTTPAPIRequestContext(http: .init(method: "POST", path: "/"), requestId: "r", time: "", timeEpoch: 0)
        var request = HTTPAPIRequest(rawPath: "/", requestContext: context, body: "AP8=", isBase64Encoded: true)
        #expect(request.bodyBytes == [0, 255])
        request.body = "not base64!"
        #expect(request.bodyBytes == nil)
        #expect(HTTPAPIResponse(statusCode: 200, bytes: [0, 255]).body == "AP8=")
    }

    @Test func `Output without a status code becomes the body of a 200`() {
        let inferred = HTTPAPIResponse.inferred(from: Array(#"{"statuscode":404}"#.utf8))
        #expect(
            inferred.statusCode == 200 && inferred.body == #"{"statuscode":404}"# && inferred.headers["content-type"] == "application/json")
        #expect(HTTPAPIResponse.inferred(from: Array("\"hello\"".utf8)).body == "hello")
        let numbers = HTTPAPIResponse.inferred(from: Array(#"{"statusCode":204,"headers":{"x-count":3,"x-ok":true}}"#.utf8))
        #expect(numbers.statusCode == 204 && numbers.headers == ["x-count": "3", "x-ok": "true"])
    }
}
