package import Logging

/// The request id, deadline and identity of one invocation.
package struct Context: Sendable {
    package let requestId: String
    /// Differs by alias and version; empty when the Runtime API does not state it.
    package let invokedFunctionArn: String
    /// When Lambda ends the invocation. Real time, never the business time of the event.
    package let deadline: Deadline
    /// When the handler's task is cancelled: the deadline less the margin. Give this to everything that waits.
    package let cutOff: Deadline
    package let traceId: String?
    /// JSON text, as a mobile client sent it.
    package let clientContext: String?
    /// JSON text with the Cognito identity of the caller.
    package let cognitoIdentity: String?
    package let tenantId: String?
    /// Writes lines that carry the request id, on every thread.
    package let logger: Logger

    /// For tests of a function; the runtime fills everything from the Runtime API's headers.
    package init(
        requestId: String = "test", invokedFunctionArn: String = "", deadline: Deadline = .after(.seconds(900)), cutOff: Deadline? = nil,
        traceId: String? = nil, clientContext: String? = nil, cognitoIdentity: String? = nil, tenantId: String? = nil,
        logger: Logger = Logger(label: "function")
    ) {
        self.requestId = requestId
        self.invokedFunctionArn = invokedFunctionArn
        self.deadline = deadline
        self.cutOff = cutOff ?? deadline
        self.traceId = traceId
        self.clientContext = clientContext
        self.cognitoIdentity = cognitoIdentity
        self.tenantId = tenantId
        self.logger = logger
    }

    /// The invocation that the current task serves; child tasks see it too.
    @TaskLocal package static var current: Context?
}
