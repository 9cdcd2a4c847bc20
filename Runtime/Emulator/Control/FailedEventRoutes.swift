import Foundation
import HTTPServer

/// The control endpoints for dead letters: list, read, accept again, drop.
struct FailedEventRoutes: Sendable {
    /// The most entries of a list.
    static let limit = 1000

    let queue: EventQueue

    private struct Problem: Encodable { let error: String }

    var routes: [ControlRoute] {
        [
            ControlRoute("GET", "/emulator/failed") { await list($0) },
            ControlRoute("GET", "/emulator/failed/event") { await show($0) },
            ControlRoute("POST", "/emulator/failed/retry") { await change($0) { try await queue.retry(where: $0) } },
            ControlRoute("POST", "/emulator/failed/discard") { await change($0) { try await queue.discard(where: $0) } },
        ]
    }

    /// The newest dead letters, newest last; `function` chooses those of one function, and `id` those whose id or short id begins so.
    private func list(_ request: ServerRequest) async -> ServerResponse {
        let letters = await queue.deadLetters.filter { [function = request.parameter("function"), id = request.parameter("id")] letter in
            (function == nil || letter.function == function) && (id.map { letter.id.hasPrefix($0) || letter.shortID.hasPrefix($0) } ?? true)
        }
        return .json(FailedEventList(count: letters.count, events: letters.suffix(Self.limit).map { FailedEventList.Entry($0) }))
    }

    private func show(_ request: ServerRequest) async -> ServerResponse {
        guard let id = request.parameter("id"), let letter = await queue.deadLetters.last(where: { $0.id == id }) else {
            return .json(Problem(error: "there is no such failed event"), status: 404)
        }
        return .json(letter)
    }

    private func change(
        _ request: ServerRequest, _ body: (@Sendable (DeadLetter) -> Bool) async throws -> Set<String>
    ) async -> ServerResponse {
        guard let selection = try? JSONDecoder().decode(FailedEventRequest.self, from: Data(request.body)),
            (selection.ids != nil) != (selection.all == true)
        else { return .json(Problem(error: "the body must be {\"ids\":[…]} or {\"all\":true,\"function\":…}"), status: 400) }
        let ids = selection.ids.map { Set($0) }
        do {
            let changed = try await body { letter in
                ids?.contains(letter.id) ?? (selection.function == nil || letter.function == selection.function)
            }
            return .json(FailedEventIDs(ids: changed.sorted()))
        } catch {
            return .json(Problem(error: String(describing: error)), status: 500)
        }
    }
}

/// The document of `GET /emulator/failed`.
package struct FailedEventList: Sendable, Codable {
    package struct Entry: Sendable, Codable {
        package let id: String
        /// 12 hexadecimal digits, for people.
        package let shortID: String
        package let function: String
        /// The beginning of the function's error document, or the reason why the event was never delivered.
        package let error: String
        package let attempts: Int
        /// Virtual time, RFC 3339.
        package let time: String
        /// Bytes of the event.
        package let size: Int

        private enum CodingKeys: String, CodingKey {
            case id, function, error, attempts, time, size
            case shortID = "short_id"
        }

        init(_ letter: DeadLetter) {
            id = letter.id
            shortID = letter.shortID
            function = letter.function
            error = String(letter.error.prefix(400))
            attempts = letter.attempts
            time = letter.time
            size = letter.event.utf8.count
        }
    }

    /// All, also those that the list leaves out.
    package let count: Int
    package let events: [Entry]
}

/// The body of `POST /emulator/failed/retry` and `…/discard`: ids, or every dead letter of the moment.
package struct FailedEventRequest: Sendable, Codable {
    package let ids: [String]?
    package let all: Bool?
    /// With `all`: only dead letters of this function; nil for those of every function.
    package let function: String?

    package init(ids: [String]) { (self.ids, all, function) = (ids, nil, nil) }

    /// Every dead letter, or every one of a function.
    package init(function: String?) { (ids, all, self.function) = (nil, true, function) }
}

/// The response of `POST /emulator/failed/retry` and `…/discard`: the ids of the dead letters that were changed.
package struct FailedEventIDs: Sendable, Codable {
    package let ids: [String]
}
