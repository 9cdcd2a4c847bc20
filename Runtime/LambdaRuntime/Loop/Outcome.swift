/// What a handler returned, ready to be sent.
struct Answer: Sendable, Hashable {
    let body: [UInt8]
    let contentType: String
}

/// How one invocation ended.
enum Outcome: Sendable, Hashable {
    case answer(Answer)
    case failure(ErrorReport)
    /// The handler ignored its cancellation and the watchdog has reported it.
    case stuck
}
