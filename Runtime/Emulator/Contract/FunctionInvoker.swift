/// A synchronous call of a function.
package struct Invocation: Sendable {
    package var function: String
    package var payload: [UInt8]
    /// JSON text, already decoded from the caller's base64.
    package var clientContext: String?
    package var cognitoIdentity: String?
    package var tenantID: String?
    package var traceID: String?

    package init(
        function: String, payload: [UInt8], clientContext: String? = nil, cognitoIdentity: String? = nil, tenantID: String? = nil,
        traceID: String? = nil
    ) {
        self.function = function
        self.payload = payload
        self.clientContext = clientContext
        self.cognitoIdentity = cognitoIdentity
        self.tenantID = tenantID
        self.traceID = traceID
    }
}

/// The outcome of one invocation. A failed function is a result, not a thrown error, as in Lambda's Invoke API.
package struct InvocationResult: Sendable {
    package var requestID: String
    /// The function's response, or its error document.
    package var payload: [UInt8]
    /// The value of `X-Amz-Function-Error`; `nil` on success.
    package var functionError: String?
    /// The last 4 KB of the invocation's log, REPORT line included.
    package var logTail: [UInt8]

    package init(requestID: String, payload: [UInt8], functionError: String? = nil, logTail: [UInt8] = []) {
        self.requestID = requestID
        self.payload = payload
        self.functionError = functionError
        self.logTail = logTail
    }
}

/// An invocation that never reached a function.
package enum InvocationError: Error, Sendable, Hashable {
    case unknownFunction(String)
    /// The function's reserved concurrency is exhausted; Lambda returns 429 `TooManyRequestsException`.
    case throttled(String)
    case payloadTooLarge(limit: Int)
    /// The emulator is stopping.
    case unavailable
}

/// An event for an asynchronous invocation. Events with the same `id` are one event.
package struct AsyncEvent: Sendable, Hashable {
    /// Derived from content by the source, e.g. `schedule/Nightly/2012-01-03T22:30:00Z` or `s3/<key>/<etag>`; random for API calls.
    package var id: String
    package var function: String
    package var payload: [UInt8]
    /// Sent with every delivery. A client context is not: Lambda passes it to synchronous invocations only.
    package var traceID: String?
    package var tenantID: String?

    package init(id: String, function: String, payload: [UInt8], traceID: String? = nil, tenantID: String? = nil) {
        self.id = id
        self.function = function
        self.payload = payload
        self.traceID = traceID
        self.tenantID = tenantID
    }
}

/// Invokes functions. The gateway and the event sources depend on this protocol only.
package protocol FunctionInvoker: Sendable {
    /// Invokes the function now and returns its result.
    func invoke(_ invocation: Invocation) async throws(InvocationError) -> InvocationResult
    /// Returns once the events are on disk; each is delivered at least once.
    func accept(_ events: [AsyncEvent]) async throws
}

/// A source of events at virtual times, such as a schedule.
package protocol TimedEventSource: Sendable {
    /// The first virtual time strictly after `time` at which an event fires, or `nil`.
    func next(after time: VirtualTime) async -> VirtualTime?
    /// The events that fire exactly at `time`.
    func events(at time: VirtualTime) async -> [AsyncEvent]
}

/// A source of events that has to be quiescent before virtual time moves, such as object notifications in transit.
package protocol QuiescenceSource: Sendable {
    /// Returns when every change before the call has been accepted as an event.
    func quiesce() async throws
}
