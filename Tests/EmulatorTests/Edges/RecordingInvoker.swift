import Synchronization

@testable import Emulator

/// Stands in for the machine: answers invocations with a closure and keeps what it accepted, each id once.
final class RecordingInvoker: FunctionInvoker {
    typealias Answer = @Sendable (Invocation) async throws(InvocationError) -> InvocationResult

    private let answer: Answer
    private let state = Mutex((invocations: [Invocation](), events: [AsyncEvent](), ids: Set<String>(), refuses: 0))

    init(_ answer: @escaping Answer = { _ in InvocationResult(requestID: "1", payload: Array("{}".utf8)) }) { self.answer = answer }

    var invocations: [Invocation] { state.withLock { $0.invocations } }
    var events: [AsyncEvent] { state.withLock { $0.events } }

    /// Lets the next `count` calls of `accept` fail, as a full disk would.
    func refuse(next count: Int) { state.withLock { $0.refuses = count } }

    func invoke(_ invocation: Invocation) async throws(InvocationError) -> InvocationResult {
        state.withLock { $0.invocations.append(invocation) }
        return try await answer(invocation)
    }

    func accept(_ events: [AsyncEvent]) async throws {
        try state.withLock { state in
            if state.refuses > 0 {
                state.refuses -= 1
                throw InvocationError.unavailable
            }
            for event in events where state.ids.insert(event.id).inserted { state.events.append(event) }
        }
    }
}
