import Formats
import Foundation
import LambdaEvents
import TestVectors
import Testing

@Suite struct `Other events` {
    @Test(.enabled(if: Vectors.arePresent, "needs BELLWETHER_VECTORS"))
    func `A recorded authorizer request decodes and survives a round trip`() throws {
        let request = try Vectors.decode(AuthorizerRequest.self, "apigw-v2-custom-authorizer-v2-request")
        #expect(request.identitySource == ["user1", "123"] && request.header("header2") == "value2" && request.type == "REQUEST")
        #expect(try again(request) == request)
    }

    @Test func `The gateway's question to an authorizer comes from the request`() throws {
        let context = HTTPAPIRequestContext(http: .init(method: "GET", path: "/v1/symbols"), requestId: "r", time: "", timeEpoch: 7)
        let request = HTTPAPIRequest(
            routeKey: "GET /v1/symbols", rawPath: "/v1/symbols", headers: ["x-api-key": "k"], requestContext: context)
        let question = AuthorizerRequest(request, routeArn: "arn:aws:execute-api:r:a:i/$default/GET/v1/symbols", identitySource: ["k"])
        let copy = try again(question)
        #expect(copy == question && copy.header("X-API-Key") == "k" && copy.requestContext?.timeEpoch == 7)
        #expect(try decoded(AuthorizerResponse.self, #"{"isAuthorized":false}"#).context == nil)
    }

    @Test func `An authorizer request needs nothing but its headers`() throws {
        let request = try decoded(
            AuthorizerRequest.self, #"{"headers":{"X-Api-Key":"k"},"requestContext":{"http":{"method":"GET"},"accountId":1},"type":2}"#)
        #expect(request.header("x-api-key") == "k" && request.requestContext?.time == nil && request.requestContext?.timeEpoch == nil)
        #expect(try decoded(AuthorizerRequest.self, "{}").header("x-api-key") == nil)
    }

    @Test func `A notification of S3 needs nothing but the keys`() throws {
        let event = try decoded(S3Event.self, #"{"Records":[{"eventTime":5,"s3":{"bucket":[],"object":{"key":"a+b","size":"x"}}}]}"#)
        #expect(event.records.map(\.s3.object.decodedKey) == ["a b"])
        #expect(throws: DecodingError.self) { try decoded(S3Event.self, #"{"Records":[{"s3":{"object":{}}}]}"#) }
    }

    @Test(.enabled(if: Vectors.arePresent, "needs BELLWETHER_VECTORS"))
    func `Both kinds of schedule decode and the scheduler's detail stays a text`() throws {
        let all = try #require(JSONSerialization.jsonObject(with: Vectors.sample("doc-scheduler-and-cron")) as? [String: Any])
        for name in ["eventbridge_rule_schedule", "eventbridge_scheduler_default_payload"] {
            let event = try JSONDecoder().decode(ScheduledEvent.self, from: JSONSerialization.data(withJSONObject: #require(all[name])))
            #expect(event.time == "2026-03-16T21:30:00Z" && event.detailType == "Scheduled Event")
            #expect(try again(event) == event)
            #expect((event.detail == "{}") == (event.source == "aws.scheduler"))
        }
        #expect(try Vectors.decode(ScheduledEvent.self, "rs-example-eventbridge-schedule").detail == [:])
    }

    @Test func `A schedule is written with the scheduler's own keys`() throws {
        let event = ScheduledEvent(id: "i", time: "2012-01-03T22:30:00Z", account: "1", region: "r", scheduleArn: "arn")
        let json = String(decoding: try JSONEncoder().encode(event), as: UTF8.self)
        #expect(json.contains(#""detail-type":"Scheduled Event""#) && json.contains(#""detail":"{}""#))
    }

    @Test(.enabled(if: Vectors.arePresent, "needs BELLWETHER_VECTORS"), arguments: ["s3-event", "s3-event-with-decoded"])
    func `A recorded notification of S3 decodes with its key decoded`(_ name: String) throws {
        let event = try Vectors.decode(S3Event.self, name)
        let record = try #require(event.records.first)
        #expect(
            record.s3.object.decodedKey == "Happy Face.jpg" && record.s3.bucket?.name == "sourcebucket" && record.s3.object.size == 1024)
        #expect(try again(event) == event)
    }

    @Test func `The test message of S3 has no records and anything else without records is rejected`() throws {
        #expect(try decoded(S3Event.self, #"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}"#).records == [])
        #expect(throws: DecodingError.self) { try decoded(S3Event.self, "{}") }
    }

    @Test(arguments: ["raw/yahoo/chart/XNAS:AAPL/2012-01-03/ab.0", "a b+c%d/ü&=?\n", "", "100%"])
    func `Keys survive form encoding`(_ key: String) {
        let object = S3EventRecord.Entity.Object(decodedKey: key, size: 1)
        #expect(object.decodedKey == key)
        #expect(object.key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
    }

    @Test func `Form decoding takes a plus as a blank and leaves stray percent signs`() {
        #expect(PercentEncoding.decodedText("a+b%2Bc%zz%", plusAsBlank: true) == "a b+c%zz%")
        #expect(PercentEncoding.encode("a b+c", keeping: .form, blankAsPlus: true) == "a+b%2Bc")
    }

    @Test func `A failure record keeps the event and the error as they came`() throws {
        let record = DestinationRecord(
            timestamp: "2012-01-03T22:30:00.000Z",
            requestContext: .init(requestId: "r", functionArn: "arn:$LATEST", condition: "RetriesExhausted", approximateInvokeCount: 3),
            requestPayload: ["list": .array([1, .number(1.5), .null, true, "x"])],
            responseContext: .init(functionError: "Unhandled"), responsePayload: ["errorMessage": "no"])
        #expect(try again(record) == record)
        let error = try decoded(FunctionError.self, #"{"errorMessage":"a\nb","errorType":"Function.Broken","stackTrace":[]}"#)
        #expect(error.errorMessage == "a\nb" && error.errorType == "Function.Broken")
        #expect(try decoded(FunctionError.self, #"{"errorMessage":"Task timed out"}"#).errorType == nil)
    }
}
