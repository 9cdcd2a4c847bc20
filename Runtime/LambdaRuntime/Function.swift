/// One Lambda function: a type with an `init` that may fail and one method.
///
/// The runtime makes one value per execution environment and calls `handle` for one event at a time. A throwing `init` becomes an init
/// error and ends the process; a throwing `handle` becomes the error of that one invocation, whose type is taken from the error's case.
///
/// `init` and `handle` run on the loop's own thread, child tasks included: concurrent waiting is free, computing on several threads takes
/// threads or detached tasks. That thread is the main one, so code isolated to the main actor never runs.
package protocol Function: Sendable {
    /// Decoded from the event's JSON; ``RawBytes`` takes the event as it came.
    associatedtype Event: Decodable & Sendable
    /// Encoded as JSON with sorted keys; ``RawBytes`` is sent as it is.
    associatedtype Output: Encodable & Sendable

    /// Builds clients and checks settings, once. `environment` is the process's environment.
    init(_ environment: [String: String]) async throws

    /// Handles one event. Its task is cancelled at ``Context/cutOff``, which leaves time to report the failure before Lambda kills the
    /// environment; a handler that goes on regardless ends the process.
    func handle(_ event: Event, _ context: Context) async throws -> Output
}

/// An event or an output that the runtime passes through without looking at it.
package struct RawBytes: Sendable, Hashable, Codable {
    package var bytes: [UInt8]
    /// The Content-Type of an output; an event keeps the default.
    package var contentType: String

    package init(_ bytes: [UInt8], contentType: String = "application/json") {
        self.bytes = bytes
        self.contentType = contentType
    }
}
