import HTTPServer

/// An error response of the Lambda API. SDKs read the type from the header `x-amzn-ErrorType`.
struct LambdaAPIError: Error {
    let status: Int
    let type: String
    let message: String

    static func notFound(_ message: String) -> Self { Self(status: 404, type: "ResourceNotFoundException", message: message) }

    static func tooLarge(limit: Int) -> Self {
        Self(
            status: 413, type: "RequestEntityTooLargeException",
            message: "Request must be smaller than \(limit) bytes for the InvokeFunction operation")
    }

    static func invalidContent(_ message: String) -> Self { Self(status: 400, type: "InvalidRequestContentException", message: message) }
    static func invalidParameter(_ message: String) -> Self { Self(status: 400, type: "InvalidParameterValueException", message: message) }

    init(status: Int, type: String, message: String) {
        self.status = status
        self.type = type
        self.message = message
    }

    init(_ error: InvocationError, arn: (String) -> String) {
        switch error {
        case .unknownFunction(let name): self = .notFound("Function not found: \(arn(name))")
        case .throttled: self.init(status: 429, type: "TooManyRequestsException", message: "Rate Exceeded.")
        case .payloadTooLarge(let limit): self = .tooLarge(limit: limit)
        case .unavailable: self.init(status: 503, type: "ServiceUnavailableException", message: "The emulator is stopping")
        }
    }

    private struct Body: Encodable {
        let type: String
        let message: String
        let reason: String?
        private enum CodingKeys: String, CodingKey { case type = "Type", message, reason = "Reason" }
    }

    var response: ServerResponse {
        let reason = status == 429 ? "ReservedFunctionConcurrentInvocationLimitExceeded" : nil
        var response = ServerResponse.json(Body(type: "User", message: message, reason: reason), status: status)
        response.headers.append(("x-amzn-ErrorType", type))
        return response
    }
}
