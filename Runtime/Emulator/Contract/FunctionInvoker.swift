/// What a caller sends with one invocation.
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

/// How one invocation ended. A failed function is a result, not a thrown error, as in Lambda's Invoke API.
package struct InvocationResult: Sendable {
    package var requestID: String
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
    /// Reserved concurrency is used up; an AWS caller sees 429 `TooManyRequestsException`.
    case throttled(String)
    case payloadTooLarge(limit: Int)
    /// The emulator is stopping.
    case unavailable
}

/// An event for an asynchronous invocation. The same `id` accepted twice is one event.
package struct AsyncEvent: Sendable, Codable, Hashable {
    /// Chosen by the source from content, e.g. `schedule/Nightly/2012-01-03T22:30:00Z` or `s3/<key>/<etag>`; a fresh UUID for API calls.
    package var id: String
    package var function: String
    package var payload: [UInt8]
    /// Travels with every delivery. A client context does not: Lambda gives it to functions that are called synchronously only.
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

/// Runs functions. The gateway, the Invoke API and the event sources see the machine only through this.
package protocol FunctionInvoker: Sendable {
    /// Runs the function now and waits for its end.
    func invoke(_ invocation: Invocation) async throws(InvocationError) -> InvocationResult
    /// Returns once the event is on disk; it will be delivered at least once from then on.
    func accept(_ events: [AsyncEvent]) async throws
}

/// Milliseconds since 1970 on the emulator's virtual clock.
package struct VirtualTime: Sendable, Hashable, Comparable, Codable {
    package var milliseconds: Int64
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
}

/// Something that fires at virtual times, such as a schedule.
package protocol TimedEventSource: Sendable {
    /// The first firing strictly after `time`, or `nil` when there is none.
    func next(after time: VirtualTime) async -> VirtualTime?
    /// The events that are due exactly at `time`.
    func due(at time: VirtualTime) async -> [AsyncEvent]
}

/// Something that must come to rest before virtual time may move, such as object notifications under way.
package protocol QuiescenceSource: Sendable {
    /// Returns when everything that happened before the call has been accepted as events.
    func quiesce() async throws
}
