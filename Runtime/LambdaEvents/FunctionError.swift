/// The body of a failed invocation, as Lambda passes it to the caller.
package struct FunctionError: Error, Codable, Hashable, Sendable {
    package var errorType: String?
    package var errorMessage: String
    package var stackTrace: [String]?

    package init(errorType: String?, errorMessage: String, stackTrace: [String]? = nil) {
        self.errorType = errorType
        self.errorMessage = errorMessage
        self.stackTrace = stackTrace
    }
}
