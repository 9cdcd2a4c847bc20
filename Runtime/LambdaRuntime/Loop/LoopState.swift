/// What to do after each thing that can happen. Holds no socket, no clock and no event.
struct LoopState {
    enum Action: Sendable, Hashable {
        case poll(after: Duration)
        case run(Invocation)
        case respond(String, EncodedResponse)
        case report(String, ErrorReport)
        case stop(ExitCode)
    }

    private static let longestPause = Duration.seconds(2)

    private let attempts: Int
    private let firstPause: Duration
    private var failures = 0
    private var emptyPolls = 0

    init(_ settings: RuntimeSettings) {
        attempts = settings.pollAttempts
        firstPause = settings.firstPause
    }

    mutating func polled(_ poll: PollResult) -> Action {
        switch poll {
        case .invocation(let invocation):
            failures = 0
            emptyPolls = 0
            return .run(invocation)
        case .nothing:
            failures = 0
            emptyPolls += 1
            return .poll(after: pause(emptyPolls - 1))
        case .failed(.refused):
            return .stop(.runtimeAPIGone)
        case .unusable, .failed:
            failures += 1
            return failures < attempts ? .poll(after: pause(failures)) : .stop(.runtimeAPIBroken)
        }
    }

    func handled(_ request: String, _ outcome: InvocationOutcome) -> Action {
        switch outcome {
        case .response(let response): .respond(request, response)
        case .failure(let report): .report(request, report)
        case .stuck: .stop(.handlerStuck)
        }
    }

    /// Any status, even an error, ends the invocation: Lambda has already informed the caller.
    func posted() -> Action { .poll(after: .zero) }

    /// The response is lost; whether the Runtime API still lives is for the next poll to find out.
    func notPosted(_ failure: NetworkError) -> Action { failure == .refused ? .stop(.runtimeAPIGone) : .poll(after: .zero) }

    private func pause(_ count: Int) -> Duration {
        count < 1 ? .zero : min(Self.longestPause, firstPause * (1 << min(count - 1, 10)))
    }
}
