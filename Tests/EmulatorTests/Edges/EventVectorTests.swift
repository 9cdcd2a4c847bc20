import Foundation
import LambdaEvents
import TestVectors
import Testing

@testable import Emulator

/// The emulator's events have only members and kinds of values that AWS's samples have.
@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set"))
struct EventVectorTests {
    @Test func `HTTP events match the samples`() async throws {
        try await GatewayTests().serve { http, invoker in
            _ = try await http.call(
                "POST", "/closed?a=1", headers: [("X-Api-Key", "good"), ("Cookie", "a=1"), ("Content-Type", "text/plain")],
                body: Array("x".utf8))
            _ = try await http.call("GET", "/closed?a=1", headers: [("X-Api-Key", "good"), ("Cookie", "a=1")])
            _ = try await http.call(
                "PUT", "/echo/x?a=1", headers: [("Cookie", "a=1"), ("Content-Type", "text/plain")], body: Array("x".utf8))
            let samples = try EventVectors.shapes([
                "apigw-v2-request-no-authorizer", "rs-example-apigw-v2-request-multi-value-parameters", "pt-apiGatewayProxyV2Event_GET",
            ])
            let events = invoker.invocations.filter { $0.function != "Authorize" }
            #expect(events.count == 2)
            for event in events { #expect(try EventVectors.shape(Data(event.payload)).subtracting(samples) == []) }
            let question = try #require(invoker.invocations.first { $0.function == "Authorize" })
            let asked = try EventVectors.shape(Data(question.payload))
            #expect(asked.subtracting(try EventVectors.shapes(["apigw-v2-custom-authorizer-v2-request"])) == [])
        }
    }

    @Test func `Object events match the sample`() throws {
        let object = StoredObject(bucket: "b", key: "raw/x", etag: "e", size: 1, versionID: "v", modified: 1)
        let event = try #require(
            ObjectEvents(notifications: [BucketNotification(id: "N", bucket: "b", function: "F")]).events(for: object).first)
        // The sample has two request ids in `responseElements`, which no handler reads.
        let sample = try EventVectors.shapes(["s3-event"])
        #expect(try EventVectors.shape(Data(event.payload)).subtracting(sample) == [])
        #expect(sample.subtracting(try EventVectors.shape(Data(event.payload))).allSatisfy { $0.contains("responseElements") })
    }

    @Test func `Scheduled events match the samples`() throws {
        let samples = try EventVectors.object("doc-scheduler-and-cron")
        for (kind, name) in [
            (ScheduleDefinition.Kind.rule, "eventbridge_rule_schedule"), (.scheduler, "eventbridge_scheduler_default_payload"),
        ] {
            let definition = ScheduleDefinition(name: "daily-ingest", kind: kind, expression: "rate(1 day)", function: "F")
            let sample = try JSONSerialization.data(withJSONObject: try #require(samples[name]))
            let ours = ScheduledPayload.bytes(definition, at: VirtualTime(milliseconds: 1_773_696_600_000))
            #expect(try EventVectors.shape(Data(ours)) == EventVectors.shape(sample))
        }
    }
}

/// Samples of events as sets of `path:kind`, without the members of maps whose keys are the user's.
enum EventVectors {
    private static let open: Set<String> = ["headers", "queryStringParameters", "pathParameters", "stageVariables", "lambda"]

    static func data(_ name: String) throws -> Data { Data(try Vectors.bytes("contracts/aws-events/\(name).json")) }

    static func object(_ name: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: data(name)) as? [String: Any])
    }

    static func shapes(_ names: [String]) throws -> Set<String> {
        try names.reduce(into: []) { $0.formUnion(try shape(data($1))) }
    }

    static func shape(_ data: Data) throws -> Set<String> {
        var shape: Set<String> = []
        collect(try JSONSerialization.jsonObject(with: data), "", &shape)
        return shape
    }

    private static func collect(_ value: Any, _ path: String, _ shape: inout Set<String>) {
        switch value {
        case let object as [String: Any]:
            shape.insert(path + ":object")
            guard !open.contains(path.split(separator: ".").last.map { String($0) } ?? "") else { return }
            for (key, member) in object { collect(member, "\(path).\(key)", &shape) }
        case let list as [Any]:
            shape.insert(path + ":list")
            for element in list { collect(element, path + "[]", &shape) }
        case is String: shape.insert(path + ":text")
        default: shape.insert(path + ":number")
        }
    }
}
