package import HTTP

/// The code of an AWS error, or one of ours. Codes without a name here survive as text.
package struct AWSErrorCode: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }
    package var description: String { rawValue }

    /// Ours: no response came; `AWSError.transport` has the reason.
    package static let transport: Self = "Transport"
    /// Ours: the request cannot be sent as it is.
    package static let invalidRequest: Self = "InvalidRequest"
    /// Ours: no credentials were found.
    package static let missingCredentials: Self = "MissingCredentials"
    /// Ours: the response's bytes do not match the checksum that came with them.
    package static let corrupted: Self = "Corrupted"
    /// Ours: the response is not what the service documents.
    package static let unreadableResponse: Self = "UnreadableResponse"

    package static let noSuchKey: Self = "NoSuchKey"
    package static let noSuchBucket: Self = "NoSuchBucket"
    package static let notFound: Self = "NotFound"
    package static let accessDenied: Self = "AccessDenied"
    package static let preconditionFailed: Self = "PreconditionFailed"
    package static let conditionalRequestConflict: Self = "ConditionalRequestConflict"
    package static let requestTimeTooSkewed: Self = "RequestTimeTooSkewed"
    package static let signatureDoesNotMatch: Self = "SignatureDoesNotMatch"
    package static let authorizationHeaderMalformed: Self = "AuthorizationHeaderMalformed"
    package static let permanentRedirect: Self = "PermanentRedirect"
    package static let requestTimeout: Self = "RequestTimeout"
    package static let slowDown: Self = "SlowDown"
    package static let internalError: Self = "InternalError"
    package static let resourceNotFound: Self = "ResourceNotFoundException"
    package static let tooManyRequests: Self = "TooManyRequestsException"

    /// Codes of throttling.
    package var isThrottling: Bool {
        [
            "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled", "SlowDown",
            "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
            "PriorRequestNotComplete",
            "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "EC2ThrottledException",
        ].contains(rawValue)
    }

    /// Codes that a moment can mend.
    package var isTransient: Bool {
        ["RequestTimeout", "RequestTimeoutException", "InternalError", "ConditionalRequestConflict"].contains(rawValue)
    }

    /// Codes for a signing clock that is off.
    var meansClockSkew: Bool {
        ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException", "SignatureDoesNotMatch"]
            .contains(rawValue)
    }
}

/// The error of a call to AWS.
package struct AWSError: Error, Sendable, Hashable, CustomStringConvertible {
    package let code: AWSErrorCode
    /// The service's own sentence.
    package let message: String
    /// The HTTP status; 0 when there was no response.
    package let status: Int
    package let requestId: String?
    /// Why there was no response, for `AWSErrorCode.transport`.
    package let transport: HTTPError?
    /// The region that S3 names when a bucket lives elsewhere.
    package let bucketRegion: String?

    package init(
        _ code: AWSErrorCode, _ message: String, status: Int = 0, requestId: String? = nil, transport: HTTPError? = nil,
        bucketRegion: String? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.requestId = requestId
        self.transport = transport
        self.bucketRegion = bucketRegion
    }

    init(_ failure: HTTPError) { self.init(.transport, failure.description, transport: failure) }

    package var description: String {
        "\(code)" + (status == 0 ? "" : " (HTTP \(status))") + ": \(message)" + (requestId.map { " [request \($0)]" } ?? "")
    }

    package var isThrottling: Bool { code.isThrottling || status == 429 }

    /// Whether the same call may succeed a moment later.
    package var isRetryable: Bool {
        transport?.isTransient ?? (isThrottling || code.isTransient || [500, 502, 503, 504].contains(status))
    }
}
