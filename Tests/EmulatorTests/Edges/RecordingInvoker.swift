import Synchronization

@testable import Emulator

/// A function invoker that responds with a closure and records invocations and accepted events, each id once.
final class RecordingInvoker: FunctionInvoker {
    typealias Response = @Sendable (Invocation) async throws(InvocationError) -> InvocationResult

    private let respond: Response
    private let state = Mutex((invocations: [Invocation](), events: [AsyncEvent](), ids: Set<String>(), rejections: 0))

    init(_ respond: @escaping Response = { _ in InvocationResult(requestID: "1", payload: Array("{}".utf8)) }) { self.respond = respond }

    var invocations: [Invocation] { state.withLock { $0.invocations } }
    var events: [AsyncEvent] { state.withLock { $0.events } }

    /// Makes the next `count` calls of `accept` throw, as with a full disk.
    func reject(next count: Int) { state.withLock { $0.rejections = count } }

    func invoke(_ invocation: Invocation) async throws(InvocationError) -> InvocationResult {
        state.withLock { $0.invocations.append(invocation) }
        return try await respond(invocation)
    }

    func accept(_ events: [AsyncEvent]) async throws {
        try state.withLock { state in
            if state.rejections > 0 {
                state.rejections -= 1
                throw InvocationError.unavailable
            }
            for event in events where state.ids.insert(event.id).inserted { state.events.append(event) }
        }
    }
}
