import AWS
import ArgumentParser
import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import Command

/// The failed events of a deployment in AWS, against a server that behaves as SQS and Lambda.
@Suite(.timeLimit(.minutes(1))) struct QueueFailedEventsTests {
    /// A queue whose received messages stay hidden until they are released, and a function that refuses some events.
    private final class Service: Sendable {
        struct Message {
            let id, body: String
            var attributes: [String: String] = [:]
            var isHidden = false
        }

        struct State {
            var messages: [Message] = []
            /// The targets and events that were queued for functions.
            var invocations: [(path: String, body: String)] = []
            /// Hidden by another command.
            var elsewhere = 0
        }

        let state = Mutex(State())

        func respond(to request: String) -> (status: Int, body: String) {
            let body = request.firstRange(of: "\r\n\r\n").map { String(request[$0.upperBound...]) } ?? ""
            let action = request.firstMatch(of: /(?i)x-amz-target: AmazonSQS\.(\w+)/).map { String($0.1) }
            let fields = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
            return state.withLock { (state: inout State) -> (status: Int, body: String) in
                let index = (fields["ReceiptHandle"] as? String).flatMap { receipt in state.messages.firstIndex { $0.id == receipt } }
                switch action {
                case "GetQueueUrl": return (200, #"{"QueueUrl":"http://q/\#(fields["QueueName"] ?? "")"}"#)
                case "GetQueueAttributes":
                    return (200, #"{"Attributes":{"ApproximateNumberOfMessagesNotVisible":"\#(state.elsewhere)"}}"#)
                case "ReceiveMessage":
                    var batch: [[String: Any]] = []
                    for index in state.messages.indices where !state.messages[index].isHidden && batch.count < 10 {
                        state.messages[index].isHidden = true
                        let message = state.messages[index]
                        batch.append([
                            "MessageId": message.id, "ReceiptHandle": message.id, "Body": message.body,
                            "MessageAttributes": message.attributes.mapValues { ["StringValue": $0] }, "Attributes": ["SentTimestamp": "1"],
                        ])
                    }
                    let document = (try? JSONSerialization.data(withJSONObject: ["Messages": batch])) ?? Data()
                    return (200, String(decoding: document, as: UTF8.self))
                case "DeleteMessage":
                    if let index { state.messages.remove(at: index) }
                    return (200, "{}")
                case "ChangeMessageVisibility":
                    if let index { state.messages[index].isHidden = false }
                    return (200, "{}")
                default:
                    if body.contains("refused") { return (400, #"{"message":"not today"}"#) }
                    state.invocations.append((String(request.split(separator: " ")[1]), body))
                    return (202, "")
                }
            }
        }
    }

    private static func record(_ payload: String, function: String = "s-F") -> String {
        #"{"version":"1.0","timestamp":"2026-01-02T03:04:05.000Z","requestContext":{"requestId":"r","#
            + #""functionArn":"arn:aws:lambda:eu-west-1:1:function:\#(function):$LATEST","condition":"RetriesExhausted","#
            + #""approximateInvokeCount":3},"requestPayload":\#(payload),"responsePayload":{"errorMessage":"no"}}"#
    }

    private static func run(
        _ messages: [(id: String, body: String)], hidden: Int = 0,
        _ body: (inout QueueFailedEvents, Service) async throws -> Void
    ) async throws {
        let service = Service()
        service.state.withLock {
            $0.messages = messages.map { Service.Message(id: $0.id, body: $0.body) }
            $0.elsewhere = hidden
        }
        let server = LoopbackServer.responding { request, _, connection in
            let (status, body) = service.respond(to: request)
            connection.respond(status, body: Array(body.utf8))
        }
        defer { server.stop() }
        let environment = try TargetStackOptions.parse(["--endpoint", server.url]).environment([
            "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1",
        ])
        let http = HTTPClient()
        var events = QueueFailedEvents(
            sqs: SQSClient(http, environment: environment),
            lambda: LambdaClient(http, environment: environment, policy: AWSRetryPolicy(attempts: 1)), stackName: "s")
        try await body(&events, service)
        // Nothing stays hidden after a command.
        #expect(service.state.withLock { $0.messages.allSatisfy { !$0.isHidden } })
    }

    @Test func `A given endpoint is the endpoint of the queue too`() throws {
        let options = try TargetStackOptions.parse(["--endpoint", "http://127.0.0.1:1"])
        let environment = try options.environment([
            "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL_SQS": "https://sqs.eu-west-1.amazonaws.com",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        ])
        for (service, variable) in [("sqs", "SQS"), ("lambda", "LAMBDA")] {
            #expect(AWSEndpoint(service: service, variable: variable, environment).url == "http://127.0.0.1:1")
        }
    }

    @Test func `A retried event keeps its bytes`() async throws {
        let payload = #"{"id":12345678901234567891, "price":1.10,"a/b":"\u00e4"}"#
        try await Self.run([("m1", Self.record(payload))]) { events, service in
            #expect(try await events.list(function: nil).events.map(\.function) == ["s-F"])
            let changes = try await events.change(.retry, .all(function: nil))
            #expect(changes.changed == ["m1"] && changes.failures.isEmpty)
            #expect(service.state.withLock { $0.invocations.map(\.body) } == [payload])
            #expect(service.state.withLock { $0.messages.isEmpty })
        }
    }

    @Test func `An event that cannot be retried does not stop the others`() async throws {
        var messages = [(id: "m0", body: "foreign")]
        for number in 1..<25 {
            let payload = number == 3 ? #""refused""# : "\(number)"
            messages.append((id: "m\(number)", body: Self.record(payload, function: number == 7 ? "s-G" : "s-F")))
        }
        try await Self.run(messages) { events, service in
            #expect(try await events.list(function: nil).count == 25)
            let some = try await events.change(.retry, .all(function: "s-F"))
            #expect(some.changed.count == 22 && some.failures.map(\.event.id) == ["m3"])
            let rest = try await events.change(.retry, .events(try await events.find(["m"])))
            #expect(rest.changed == ["m7"] && Set(rest.failures.map(\.event.id)) == ["m0", "m3"])
            #expect(rest.failures.first { $0.event.id == "m0" }?.reason.contains("does not hold its event") == true)
            #expect(try await events.change(.discard, .all(function: nil)).changed == ["m0", "m3"])
            #expect(service.state.withLock { $0.invocations.count } == 23)
        }
    }

    @Test func `A message is left alone when its time may run out`() async throws {
        try await Self.run([("m1", Self.record("1"))]) { events, service in
            events.margin = events.visibility
            let changes = try await events.change(.retry, .all(function: nil))
            #expect(changes.changed.isEmpty && changes.notes.contains { $0.contains("no time") })
            #expect(service.state.withLock { $0.invocations.isEmpty && $0.messages.count == 1 })
        }
    }

    @Test func `Events that another command reads are mentioned`() async throws {
        try await Self.run([], hidden: 3) { events, _ in
            let list = try await events.list(function: nil)
            #expect(list.count == 0 && list.notes.contains { $0.contains("About 3 more are hidden") })
        }
    }
}
