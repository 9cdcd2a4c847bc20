import AWS
import Emulator
import Formats
import Foundation

/// The queue `FailedEvents` of a deployment in AWS.
///
/// SQS lists messages only by receiving them: while a command runs, another one does not see them. So each batch of at most ten messages
/// is changed right after it was received, and only the receipts of those that stay are kept, to make them visible again at the end.
struct QueueFailedEvents: FailedEvents {
    let sqs: SQSClient
    let lambda: LambdaClient
    let stackName: String
    /// Seconds for which received messages are hidden from others, should this command be killed.
    var visibility = 120
    /// Seconds before the end of `visibility` from which on a message is left alone: another command might receive it meanwhile.
    var margin = 60

    private struct Received {
        let message: SQSClient.Message
        let event: FailedEvent
        /// Nil when the message does not hold the event.
        let payload: [UInt8]?
        let target: String?
    }

    private enum Step {
        /// The message stays in the queue.
        case kept
        case removed
        /// The message stays in the queue, and no other one is wanted.
        case last
    }

    func list(function: String?) async throws -> FailedEventList {
        var list = FailedEventList()
        func cut() { list.events = Array(list.events.sorted { $0.time < $1.time }.suffix(FailedEventList.limit)) }
        list.notes = try await forEachMessage { received, _ in
            guard function == nil || received.event.function == function else { return .kept }
            list.count += 1
            list.events.append(received.event)
            if list.events.count == 2 * FailedEventList.limit { cut() }
            return .kept
        }
        cut()
        return list
    }

    func find(_ ids: [String]) async throws -> [FailedEvent] {
        var events: [FailedEvent] = []
        _ = try await forEachMessage { received, _ in
            if ids.contains(where: { received.event.id.hasPrefix($0) }) { events.append(received.event) }
            return .kept
        }
        return events
    }

    func document(of event: FailedEvent) async throws -> Data {
        var document: Data?
        _ = try await forEachMessage { received, _ in
            guard received.event.id == event.id else { return .kept }
            document = Data(received.message.body.utf8)
            return .last
        }
        guard let document else { throw CommandError("there is no such failed event any more") }
        return document
    }

    /// Queues each event for its function before its message is deleted: when the command is killed in between, the event is delivered twice,
    /// which every function bears. An event that cannot be changed does not stop the others.
    func change(_ action: FailedEventAction, _ set: FailedEventSet) async throws -> FailedEventChanges {
        // An event that fails again while the command runs is another message, which is not taken a second time.
        let start = Int64(checked: Date().timeIntervalSince1970 * 1000) ?? .max
        var changes = FailedEventChanges()
        var left: Set<String>?
        if case .events(let events) = set { left = Set(events.map(\.id)) }
        let notes = try await forEachMessage { received, queue in
            switch set {
            case .events: guard left?.remove(received.event.id) != nil else { return .kept }
            case .all(let function):
                guard function == nil || received.event.function == function, received.message.sentAt ?? 0 <= start else { return .kept }
            }
            do {
                if action == .retry { try await invoke(received) }
            } catch {
                changes.failures.append(.init(event: received.event, reason: String(describing: error)))
                return left?.isEmpty == true ? .last : .kept
            }
            do {
                try await sqs.delete(received.message, from: queue)
            } catch {
                let done = action == .retry ? "it is queued again, but it is still here too: " : ""
                changes.failures.append(.init(event: received.event, reason: "\(done)\(error)"))
                return left?.isEmpty == true ? .last : .kept
            }
            changes.changed.insert(received.event.id)
            return left?.isEmpty == true ? .last : .removed
        }
        changes.notes = notes
        return changes
    }

    private func invoke(_ received: Received) async throws {
        guard let payload = received.payload, let target = received.target else {
            throw CommandError("the message does not hold its event: invoke the function by hand and discard the message")
        }
        _ = try await lambda.invoke(target, payload: payload, type: .event)
    }

    /// Passes each message to `body` with its queue, and makes those that stay visible again; returns notes about those that were not seen.
    private func forEachMessage(_ body: (Received, _ queue: String) async throws -> Step) async throws -> [String] {
        let queue = try await sqs.queueURL("\(stackName)-failed-events")
        // A key that may not ask for this may still read the queue.
        let hidden = (try? await sqs.hiddenCount(queue)) ?? 0
        var seen: Set<String> = []
        /// The newest receipt of each message that stays.
        var kept: [String: SQSClient.Message.Receipt] = [:]
        var late = 0
        var isComplete = true
        let result: Result<Void, any Error>
        do {
            receiving: while true {
                let end = ContinuousClock.now + .seconds(visibility - margin)
                let batch = try await sqs.receive(queue, visibility: visibility)
                var isNew = false
                for message in batch { kept[message.id] = message.receipt }
                for message in batch where seen.insert(message.id).inserted {
                    isNew = true
                    guard ContinuousClock.now < end else {
                        late += 1
                        continue
                    }
                    switch try await body(read(message), queue) {
                    case .kept: break
                    case .removed: kept[message.id] = nil
                    case .last:
                        if let receipt = kept[message.id] { try? await sqs.release(receipt, of: queue) }
                        kept[message.id] = nil
                        break receiving
                    }
                }
                guard isNew else {
                    // What was received long ago is visible again, and may hide what was not received yet.
                    isComplete = batch.isEmpty
                    break
                }
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for receipt in kept.values { try? await sqs.release(receipt, of: queue) }
        try result.get()
        var notes: [String] = []
        if hidden > 0 { notes.append("About \(hidden) more are hidden: another command is reading them, or was stopped. They come back.") }
        if late > 0 || !isComplete { notes.append("There was no time for all of them: run the command again.") }
        return notes
    }

    /// Reads Lambda's record of a failed event, or the input of a schedule that could not invoke its function.
    private func read(_ message: SQSClient.Message) -> Received {
        let body = Array(message.body.utf8)
        let sent = VirtualTime(milliseconds: message.sentAt ?? 0).description
        func event(_ arn: String?, _ error: String, _ attempts: Int?, _ time: String, _ size: Int) -> FailedEvent {
            let parts = arn?.split(separator: ":").map(String.init) ?? []
            let name = parts.firstIndex(of: "function").flatMap { $0 + 1 < parts.count ? parts[$0 + 1] : nil }
            return FailedEvent(
                id: message.id, shortID: String(message.id.prefix(8)), function: name ?? arn ?? "-",
                error: String(error.prefix(400)), attempts: attempts, time: time, size: size)
        }
        if let record = try? JSONView(parsing: body), let request = record["requestPayload"],
            let time = record["timestamp"]?.string, let context = record["requestContext"],
            let arn = context["functionArn"]?.string, let condition = context["condition"]?.string
        {
            // The event's own bytes: reading its numbers and writing them again would change long ones.
            let payload = request.json
            let unqualified = arn.split(separator: ":").count == 8 ? String(arn.prefix(upTo: arn.lastIndex(of: ":") ?? arn.endIndex)) : arn
            let error = record["responsePayload"].map { String(decoding: $0.json, as: UTF8.self) } ?? condition
            let attempts = context["approximateInvokeCount"]?.double.flatMap { Int(exactly: $0) }
            return Received(
                message: message, event: event(arn, error, attempts, time, payload.count), payload: payload, target: unqualified)
        }
        let attributes = message.attributes
        let error = [attributes["ERROR_CODE"], attributes["ERROR_MESSAGE"]].compactMap { $0 }.joined(separator: ": ")
        let isWhole = attributes["TARGET_ARN"] != nil && attributes["IS_PAYLOAD_TRUNCATED"] != "true"
        return Received(
            message: message,
            event: event(
                attributes["TARGET_ARN"], error.isEmpty ? "the message is no record of a failed event" : error,
                attributes["RETRY_ATTEMPTS"].flatMap { Int($0) }, sent, body.count),
            payload: isWhole ? body : nil, target: attributes["TARGET_ARN"])
    }
}
