import AWS
import Emulator
import Formats
import Foundation
import HTTP

/// An asynchronous event that was given up after its retries.
struct FailedEvent: Sendable {
    /// Identifies the event in its store.
    let id: String
    /// A short name for people.
    let shortID: String
    let function: String
    /// The function's error document, or the reason why the event was never delivered.
    let error: String
    let attempts: Int?
    /// RFC 3339.
    let time: String
    /// Bytes of the event's JSON.
    let size: Int
}

/// Where events wait that were given up.
protocol FailedEvents: Sendable {
    /// The newest events, newest last, and the number of all.
    func list(function: String?) async throws -> (count: Int, events: [FailedEvent])
    /// The JSON document with everything that is known of an event.
    func document(of event: FailedEvent) async throws -> Data
    /// Sends the events to their functions again and removes them; returns the ids that this did.
    func retry(_ events: [FailedEvent]) async throws -> Set<String>
    /// Removes the events; returns the ids that this did.
    func discard(_ events: [FailedEvent]) async throws -> Set<String>
}

/// The dead letters of the emulator.
struct EmulatorFailedEvents: FailedEvents {
    let emulator: EmulatorClient

    func list(function: String?) async throws -> (count: Int, events: [FailedEvent]) {
        let query = function.map { "?function=\(escaped($0))" } ?? ""
        let list = try await call("GET", "/emulator/failed\(query)").decoded(as: FailedEventList.self)
        let events = list.events.map {
            FailedEvent(
                id: $0.id, shortID: $0.shortID, function: $0.function, error: $0.error, attempts: $0.attempts, time: $0.time, size: $0.size)
        }
        return (list.count, events)
    }

    func document(of event: FailedEvent) async throws -> Data {
        Data(try await call("GET", "/emulator/failed/event?id=\(escaped(event.id))").body)
    }

    func retry(_ events: [FailedEvent]) async throws -> Set<String> { try await change("retry", events) }
    func discard(_ events: [FailedEvent]) async throws -> Set<String> { try await change("discard", events) }

    private func change(_ action: String, _ events: [FailedEvent]) async throws -> Set<String> {
        let body = try JSONEncoder().encode(FailedEventIDs(ids: events.map(\.id)))
        return Set(try await call("POST", "/emulator/failed/\(action)", Array(body)).decoded(as: FailedEventIDs.self).ids)
    }

    private func call(_ method: String, _ target: String, _ body: [UInt8]? = nil) async throws -> HTTPResponse {
        let response = try await emulator.send(method, target, body: body)
        guard response.status == 200 else { throw CommandError(response.problem) }
        return response
    }

    private func escaped(_ text: String) -> String { PercentEncoding.encode(text) }
}

/// The queue `FailedEvents` of a deployment in AWS. SQS lists messages only by receiving them: while a command runs, another one does not
/// see them.
struct QueueFailedEvents: FailedEvents {
    /// Seconds for which received messages are hidden from others, should this command be killed.
    private static let visibility = 120

    let sqs: SQSClient
    let lambda: LambdaClient
    let stackName: String

    private struct Received {
        let message: SQSClient.Message
        let event: FailedEvent
        /// Nil when the message does not hold the event.
        let payload: [UInt8]?
        let target: String?
    }

    func list(function: String?) async throws -> (count: Int, events: [FailedEvent]) {
        try await withMessages { received, _ in
            let events = received.map(\.event).filter { function == nil || $0.function == function }.sorted { $0.time < $1.time }
            return (events.count, events)
        }
    }

    func document(of event: FailedEvent) async throws -> Data {
        try await withMessages { received, _ in
            guard let found = received.first(where: { $0.event.id == event.id }) else {
                throw CommandError("there is no such failed event any more")
            }
            return Data(found.message.body.utf8)
        }
    }

    /// Queues each event for its function before its message is deleted: when the command is killed in between, the event is delivered twice,
    /// which every function bears.
    func retry(_ events: [FailedEvent]) async throws -> Set<String> {
        try await change(events) { received in
            guard let payload = received.payload, let target = received.target else {
                throw CommandError("the message \(received.event.id) does not hold its event: invoke the function by hand and discard it")
            }
            _ = try await lambda.invoke(target, payload: payload, type: .event)
        }
    }

    func discard(_ events: [FailedEvent]) async throws -> Set<String> { try await change(events) { _ in } }

    private func change(_ events: [FailedEvent], _ body: (Received) async throws -> Void) async throws -> Set<String> {
        let ids = Set(events.map(\.id))
        return try await withMessages { received, deleted in
            for one in received where ids.contains(one.event.id) {
                try await body(one)
                try await sqs.delete(one.message, from: deleted.queue)
                deleted.ids.insert(one.message.id)
            }
            return deleted.ids
        }
    }

    /// Receives every message, and makes those that `body` did not delete visible again.
    private func withMessages<Result>(
        _ body: ([Received], inout (queue: String, ids: Set<String>)) async throws -> Result
    ) async throws -> Result {
        let queue = try await sqs.queueURL("\(stackName)-failed-events")
        var messages: [SQSClient.Message] = []
        var deleted = (queue: queue, ids: Set<String>())
        let result: Swift.Result<Result, any Error>
        do {
            let end = ContinuousClock.now + .seconds(Self.visibility / 2)
            while ContinuousClock.now < end {
                let more = try await sqs.receive(queue, visibility: Self.visibility)
                if more.isEmpty { break }
                messages += more
            }
            result = .success(try await body(messages.map(read), &deleted))
        } catch {
            result = .failure(error)
        }
        for message in messages where !deleted.ids.contains(message.id) { try? await sqs.release(message, of: queue) }
        return try result.get()
    }

    /// Reads Lambda's record of a failed event, or the input of a schedule that could not invoke its function.
    private func read(_ message: SQSClient.Message) -> Received {
        struct Record: Decodable {
            struct Context: Decodable {
                let functionArn: String
                let condition: String
                let approximateInvokeCount: Int?
            }
            let timestamp: String
            let requestContext: Context
        }
        let body = Data(message.body.utf8)
        let sent = VirtualTime(milliseconds: message.sentAt ?? 0).description
        func event(_ arn: String?, _ error: String, _ attempts: Int?, _ time: String, _ size: Int) -> FailedEvent {
            let parts = arn?.split(separator: ":").map(String.init) ?? []
            let name = parts.firstIndex(of: "function").flatMap { $0 + 1 < parts.count ? parts[$0 + 1] : nil }
            return FailedEvent(
                id: message.id, shortID: String(message.id.prefix(8)), function: name ?? arn ?? "-", error: error, attempts: attempts,
                time: time,
                size: size)
        }
        if let record = try? JSONDecoder().decode(Record.self, from: body),
            let object = try? JSONSerialization.jsonObject(with: body) as? [String: Any], let request = object["requestPayload"],
            let payload = try? JSONSerialization.data(withJSONObject: request, options: [.fragmentsAllowed, .withoutEscapingSlashes])
        {
            let response = object["responsePayload"].flatMap {
                try? JSONSerialization.data(withJSONObject: $0, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
            }
            let arn = record.requestContext.functionArn
            let unqualified = arn.split(separator: ":").count == 8 ? String(arn.prefix(upTo: arn.lastIndex(of: ":") ?? arn.endIndex)) : arn
            let error = response.map { String(decoding: $0, as: UTF8.self) } ?? record.requestContext.condition
            return Received(
                message: message,
                event: event(arn, error, record.requestContext.approximateInvokeCount, record.timestamp, payload.count),
                payload: Array(payload), target: unqualified)
        }
        let attributes = message.attributes
        let error = [attributes["ERROR_CODE"], attributes["ERROR_MESSAGE"]].compactMap { $0 }.joined(separator: ": ")
        let isWhole = attributes["TARGET_ARN"] != nil && attributes["IS_PAYLOAD_TRUNCATED"] != "true"
        return Received(
            message: message,
            event: event(
                attributes["TARGET_ARN"], error.isEmpty ? "the message is no record of a failed event" : error,
                attributes["RETRY_ATTEMPTS"].flatMap { Int($0) }, sent, body.count),
            payload: isWhole ? Array(body) : nil, target: attributes["TARGET_ARN"])
    }
}
