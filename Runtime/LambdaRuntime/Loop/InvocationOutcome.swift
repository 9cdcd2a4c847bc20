/// What a handler returned, ready to be sent.
struct EncodedResponse: Sendable, Hashable {
    let body: [UInt8]
    let contentType: String
}

/// How one invocation ended.
enum InvocationOutcome: Sendable, Hashable {
    case response(EncodedResponse)
    case failure(ErrorReport)
    /// The handler ignored its cancellation and the watchdog has reported it.
    case stuck
}
