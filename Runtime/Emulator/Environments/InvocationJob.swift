/// One invocation that waits for an execution environment or runs in one.
struct InvocationJob: Sendable {
    let requestID: String
    let invocation: Invocation
    /// Waits for a free environment where another caller would be throttled; set for deliveries of the event queue.
    let waitsForCapacity: Bool
    let finish: @Sendable (Result<InvocationResult, InvocationError>) -> Void

    /// Ends the invocation with a function error.
    func fail(_ payload: [UInt8], log: [UInt8] = []) {
        finish(.success(InvocationResult(requestID: requestID, payload: payload, functionError: "Unhandled", logTail: log)))
    }
}
