import Formats
import Foundation
import LambdaEvents
import Testing

@testable import Emulator

@Suite struct DestinationTests {
    private static let start = VirtualTime("2012-01-03T00:00:00Z")!
    private static let queue = "arn:aws:sqs:us-east-1:000000000000:failed"

    private struct Mark: Decodable {
        let event: DestinationRecord
        let headers: [String: String]
    }

    /// A function `F` that fails if its event says so, and a function `Sink` that records its events.
    private static func configuration(
        _ folder: borrowing FunctionFolder, to destination: FunctionDefinition.Destination?, retries: Int = 2, age: Int = 21600
    ) -> StackConfiguration {
        var failing = folder.function("F")
        failing.onFailure = destination
        failing.maximumRetryAttempts = retries
        failing.maximumEventAge = age
        var configuration = folder.configuration(failing, folder.function("Sink", environment: ["RECORD": "1"]))
        configuration.initialClock = .held(at: start)
        return configuration
    }

    private static func failure(_ id: String = "s3/a") -> AsyncEvent {
        AsyncEvent(id: id, function: "F", payload: [UInt8](#"{"do":"error","symbols":["A"]}"#.utf8))
    }

    @Test func `A destination function gets the record of a failed event`() async throws {
        let folder = try FunctionFolder()
        let sink = FunctionDefinition.Destination(arn: "arn:aws:lambda:us-east-1:000000000000:function:Sink", function: "Sink")
        let stack = try await EmulatedStack(Self.configuration(folder, to: sink, retries: 1))
        await stack.start()
        try await stack.accept([Self.failure()])
        _ = try await stack.runAdvance(to: "2012-01-03T01:00:00Z")
        try #require(folder.marks.count == 1)
        let record = try JSONDecoder().decode(Mark.self, from: Data(folder.marks[0].utf8)).event
        #expect(record.version == "1.0")
        #expect(record.timestamp == "2012-01-03T00:01:00.000Z")
        #expect(record.requestContext.requestId == Self.failure().requestID)
        #expect(record.requestContext.functionArn == "arn:aws:lambda:us-east-1:000000000000:function:F:$LATEST")
        #expect(record.requestContext.condition == "RetriesExhausted")
        #expect(record.requestContext.approximateInvokeCount == 2)
        #expect(record.requestPayload == JSONValue(["do": .string("error"), "symbols": .array([.string("A")])]))
        #expect(record.responseContext == .init(functionError: "Unhandled"))
        #expect(record.responsePayload == JSONValue(["errorType": .string("Function.Odd"), "errorMessage": .string("a\nb")]))
        let letter = try #require(await stack.status().deadLetters.first)
        #expect(letter.destination == sink.arn)
        #expect(letter.record == nil)
        try await stack.stop()
    }

    @Test func `The dead letter has the record for a destination that is not a function`() async throws {
        let folder = try FunctionFolder()
        let configuration = Self.configuration(folder, to: .init(arn: Self.queue), retries: 0)
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        try await stack.accept([Self.failure()])
        _ = try await stack.runAdvance(to: "2012-01-03T00:00:01Z")
        try await stack.stop()
        let again = try await EmulatedStack(configuration)
        let letter = try #require(await again.status().deadLetters.first)
        #expect(letter.destination == Self.queue)
        #expect(letter.record?.requestContext.approximateInvokeCount == 1)
        #expect(letter.record?.requestContext.condition == "RetriesExhausted")
        try await again.stop()
    }

    @Test func `An event expires by age before its retries are exhausted`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(Self.configuration(folder, to: .init(arn: Self.queue), age: 60))
        await stack.start()
        try await stack.accept([Self.failure()])
        _ = try await stack.runAdvance(to: "2012-01-03T01:00:00Z")
        let letter = try #require(await stack.status().deadLetters.first)
        #expect(letter.attempts == 2)
        #expect(letter.record?.requestContext.condition == "EventAgeExceeded")
        try await stack.stop()
    }

    @Test func `A function that fails on its own records ends the loop`() async throws {
        let folder = try FunctionFolder()
        var configuration = Self.configuration(folder, to: .init(arn: "F", function: "F"), retries: 0)
        configuration.functions[0].handler = "F"
        configuration.functions[0].environment["INIT"] = "exit"
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        try await stack.accept([Self.failure()])
        _ = try await stack.runAdvance(to: "2012-01-03T00:00:01Z")
        #expect(await stack.status().queue.depth == 0)
        #expect(await stack.status().queue.deadLetters == 17)
        try await stack.stop()
    }

    @Test func `A crash after a failure sends one record to the destination`() async throws {
        let folder = try FunctionFolder()
        let configuration = Self.configuration(folder, to: .init(arn: "Sink", function: "Sink"), retries: 0)
        let crashed = try await EmulatedStack(configuration)
        await crashed.start()
        try await crashed.accept([Self.failure()])
        _ = try await crashed.runAdvance(to: "2012-01-03T00:00:01Z")
        try await crashed.abandon()
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        try await stack.accept([Self.failure()])
        _ = try await stack.runAdvance(to: "2012-01-03T00:00:02Z")
        #expect((1...2).contains(folder.marks.count))
        #expect(Set(folder.marks.map { $0.prefix(400) }).count == 1)
        #expect(await stack.status().queue.deadLetters == 1)
        try await stack.stop()
    }

    @Test func `An asynchronous event keeps its trace but not its client context, as on Lambda`() async throws {
        let folder = try FunctionFolder()
        let configuration = folder.configuration(folder.function("Sink", environment: ["RECORD": "1"]))
        let crashed = try await EmulatedStack(configuration)
        let trace = "Root=1-00000000-000000000000000000000001;Parent=0000000000000001;Sampled=1"
        let response = try await crashed.signed.call(
            "POST", "/2015-03-31/functions/Sink/invocations", body: "{}",
            more: [
                ("X-Amz-Invocation-Type", "Event"), ("X-Amzn-Trace-Id", trace), ("X-Amz-Tenant-Id", "blue"),
                ("X-Amz-Client-Context", "e30="),
            ])
        #expect(response.status == 202)
        try await crashed.abandon()
        let stack = try await EmulatedStack(configuration)
        await stack.start()
        #expect(await eventually { folder.marks.count == 1 })
        let mark = try #require(
            try JSONSerialization.jsonObject(with: Data((folder.marks.first ?? "{}").utf8)) as? [String: [String: String]])
        #expect(mark["headers"]?["lambda-runtime-trace-id"] == trace)
        #expect(mark["headers"]?["lambda-runtime-aws-tenant-id"] == "blue")
        #expect(mark["headers"]?["lambda-runtime-client-context"] == nil)
        try await stack.stop()
    }
}
