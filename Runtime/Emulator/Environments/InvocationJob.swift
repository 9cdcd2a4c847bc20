/// One invocation on its way through a pool.
struct InvocationJob: Sendable {
    let requestID: String
    let invocation: Invocation
    /// A patient job waits for a free environment where a caller would be throttled: the asynchronous queue's way.
    let waitsForCapacity: Bool
    let finish: @Sendable (Result<InvocationResult, InvocationError>) -> Void

    func fail(_ payload: [UInt8], log: [UInt8] = []) {
        finish(.success(InvocationResult(requestID: requestID, payload: payload, functionError: "Unhandled", logTail: log)))
    }
}

/// Jobs in the order in which they came.
struct JobLine {
    private var jobs: [InvocationJob] = []
    private var head = 0

    var count: Int { jobs.count - head }

    mutating func append(_ job: InvocationJob) { jobs.append(job) }

    mutating func popFirst() -> InvocationJob? {
        guard head < jobs.count else { return nil }
        defer {
            head += 1
            if head == jobs.count || head > 512 {
                jobs.removeFirst(head)
                head = 0
            }
        }
        return jobs[head]
    }
}
