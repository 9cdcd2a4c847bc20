package import Formats

/// What Lambda sends to a destination, or keeps as a dead letter, when an asynchronous event has come to its end.
package struct DestinationRecord: Codable, Hashable, Sendable {
    package struct RequestContext: Codable, Hashable, Sendable {
        package var requestId: String
        /// With a qualifier, such as `:$LATEST`.
        package var functionArn: String
        /// `RetriesExhausted`, `EventAgeExceeded` or `Success`.
        package var condition: String
        package var approximateInvokeCount: Int

        package init(requestId: String, functionArn: String, condition: String, approximateInvokeCount: Int) {
            self.requestId = requestId
            self.functionArn = functionArn
            self.condition = condition
            self.approximateInvokeCount = approximateInvokeCount
        }
    }

    package struct ResponseContext: Codable, Hashable, Sendable {
        package var statusCode: Int
        package var executedVersion: String
        /// `Handled` or `Unhandled`; absent after a success.
        package var functionError: String?

        package init(statusCode: Int = 200, executedVersion: String = "$LATEST", functionError: String? = nil) {
            self.statusCode = statusCode
            self.executedVersion = executedVersion
            self.functionError = functionError
        }
    }

    package var version: String
    /// RFC 3339, UTC, milliseconds.
    package var timestamp: String
    package var requestContext: RequestContext
    /// The event.
    package var requestPayload: JSONValue
    /// Absent when the function was never reached.
    package var responseContext: ResponseContext?
    package var responsePayload: JSONValue?

    package init(
        timestamp: String, requestContext: RequestContext, requestPayload: JSONValue, responseContext: ResponseContext? = nil,
        responsePayload: JSONValue? = nil
    ) {
        version = "1.0"
        self.timestamp = timestamp
        self.requestContext = requestContext
        self.requestPayload = requestPayload
        self.responseContext = responseContext
        self.responsePayload = responsePayload
    }
}
