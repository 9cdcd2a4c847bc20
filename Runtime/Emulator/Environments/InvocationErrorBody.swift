/// The error documents of failed invocations, as Lambda writes them.
enum InvocationErrorBody {
    static func timedOut(_ requestID: String, after seconds: Int) -> [UInt8] {
        json("Sandbox.Timedout", "RequestId: \(requestID) Error: Task timed out after \(seconds).00 seconds")
    }

    static func exited(_ requestID: String, _ status: ExitStatus) -> [UInt8] {
        json("Runtime.ExitError", "RequestId: \(requestID) Error: \(status)")
    }

    static func outOfMemory(_ requestID: String, _ status: ExitStatus) -> [UInt8] {
        json("Runtime.OutOfMemory", "RequestId: \(requestID) Error: \(status)")
    }

    static func invalidEntrypoint(_ requestID: String, _ reason: String) -> [UInt8] {
        json("Runtime.InvalidEntrypoint", "RequestId: \(requestID) Error: \(reason)")
    }

    static func responseTooLarge(_ size: Int, limit: Int) -> [UInt8] {
        json(
            "Function.ResponseSizeTooLarge",
            "Response payload size (\(size) bytes) exceeded maximum allowed payload size (\(limit) bytes).")
    }

    private struct Document: Encodable {
        let errorType: String
        let errorMessage: String
    }

    private static func json(_ type: String, _ message: String) -> [UInt8] {
        JSONBody.encode(Document(errorType: type, errorMessage: message))
    }
}
