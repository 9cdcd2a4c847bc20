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

/// The events that a command changes.
enum FailedEventSet: Sendable {
    case events([FailedEvent])
    /// Every event of the moment, or every one of a function, which is given by its full name.
    case all(function: String?)
}

/// What a command does with an event.
enum FailedEventAction: String, Sendable {
    /// Sends it to its function again and removes it.
    case retry
    case discard
}

/// A list of events, and what it leaves out.
struct FailedEventList: Sendable {
    /// The most events of a list.
    static let limit = 1000

    /// All, also those that the list leaves out.
    var count = 0
    /// The newest ones, newest last.
    var events: [FailedEvent] = []
    var notes: [String] = []
}

/// What became of the events of a command.
struct FailedEventChanges: Sendable {
    /// An event that could not be changed, and why.
    struct Failure: Sendable {
        let event: FailedEvent
        let reason: String
    }

    var changed: Set<String> = []
    var failures: [Failure] = []
    var notes: [String] = []
}

/// Where events wait that were given up.
protocol FailedEvents: Sendable {
    func list(function: String?) async throws -> FailedEventList
    /// The events whose id or short id begins with one of the texts.
    func find(_ ids: [String]) async throws -> [FailedEvent]
    /// The JSON document with everything that is known of an event.
    func document(of event: FailedEvent) async throws -> Data
    func change(_ action: FailedEventAction, _ set: FailedEventSet) async throws -> FailedEventChanges
}

/// The dead letters of the emulator.
struct EmulatorFailedEvents: FailedEvents {
    let emulator: EmulatorClient

    func list(function: String?) async throws -> FailedEventList { try await list(function.map { "?function=\(escaped($0))" } ?? "") }

    func find(_ ids: [String]) async throws -> [FailedEvent] {
        var events: [FailedEvent] = []
        for id in ids { events += try await list("?id=\(escaped(id))").events }
        return events
    }

    func document(of event: FailedEvent) async throws -> Data {
        Data(try await call("GET", "/emulator/failed/event?id=\(escaped(event.id))").body)
    }

    func change(_ action: FailedEventAction, _ set: FailedEventSet) async throws -> FailedEventChanges {
        let request =
            switch set {
            case .events(let events): FailedEventRequest(ids: events.map(\.id))
            case .all(let function): FailedEventRequest(function: function)
            }
        let response = try await call("POST", "/emulator/failed/\(action.rawValue)", Array(try JSONEncoder().encode(request)))
        return FailedEventChanges(changed: Set(try response.decoded(as: FailedEventIDs.self).ids))
    }

    private func list(_ query: String) async throws -> FailedEventList {
        let list = try await call("GET", "/emulator/failed\(query)").decoded(as: Emulator.FailedEventList.self)
        let events = list.events.map {
            FailedEvent(
                id: $0.id, shortID: $0.shortID, function: $0.function, error: $0.error, attempts: $0.attempts, time: $0.time, size: $0.size)
        }
        return FailedEventList(count: list.count, events: events)
    }

    private func call(_ method: String, _ target: String, _ body: [UInt8]? = nil) async throws -> HTTPResponse {
        let response = try await emulator.send(method, target, body: body)
        guard response.status == 200 else { throw CommandError(response.problem) }
        return response
    }

    private func escaped(_ text: String) -> String { PercentEncoding.encode(text) }
}
