package import HTTP

/// The code of an AWS error as the service sends it, or a code of this client. A code without a constant here keeps its text.
package struct AWSErrorCode: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }
    package var description: String { rawValue }

    /// A code of this client: no response arrived; `AWSError.transport` has the reason.
    package static let transport: Self = "Transport"
    /// A code of this client: the request is invalid and was not sent.
    package static let invalidRequest: Self = "InvalidRequest"
    /// A code of this client: no credentials were found.
    package static let missingCredentials: Self = "MissingCredentials"
    /// A code of this client: the response's bytes do not match their checksum.
    package static let corrupted: Self = "Corrupted"
    /// A code of this client: the response has another form than the service documents.
    package static let unreadableResponse: Self = "UnreadableResponse"

    package static let noSuchKey: Self = "NoSuchKey"
    package static let noSuchBucket: Self = "NoSuchBucket"
    package static let notFound: Self = "NotFound"
    package static let accessDenied: Self = "AccessDenied"
    package static let preconditionFailed: Self = "PreconditionFailed"
    package static let signatureDoesNotMatch: Self = "SignatureDoesNotMatch"
    package static let permanentRedirect: Self = "PermanentRedirect"
    package static let slowDown: Self = "SlowDown"
    package static let internalError: Self = "InternalError"
    package static let resourceNotFound: Self = "ResourceNotFoundException"
    package static let tooManyRequests: Self = "TooManyRequestsException"

    /// Whether the service rejected the request because of too many requests.
    package var isThrottling: Bool {
        [
            "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled", "SlowDown",
            "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
            "PriorRequestNotComplete",
            "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "EC2ThrottledException",
        ].contains(rawValue)
    }

    /// Whether the same request may succeed later, for a reason other than throttling.
    package var isTransient: Bool {
        ["RequestTimeout", "RequestTimeoutException", "InternalError", "ConditionalRequestConflict"].contains(rawValue)
    }

    /// Whether the service may have rejected the signature because the clock that signed differs from its own.
    var meansClockSkew: Bool {
        ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException", "SignatureDoesNotMatch"]
            .contains(rawValue)
    }
}

/// The error of a call to AWS.
package struct AWSError: Error, Sendable, Hashable, CustomStringConvertible {
    package let code: AWSErrorCode
    /// The explanation by the service, or by this client for its own codes.
    package let message: String
    /// The HTTP status; 0 when there was no response.
    package let status: Int
    package let requestId: String?
    /// The reason why no response arrived, if the code is `AWSErrorCode.transport`.
    package let transport: HTTPError?
    /// The region that S3 reports for a bucket that lies in another region.
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

    /// Whether the service rejected the request because of too many requests.
    package var isThrottling: Bool { code.isThrottling || status == 429 }

    /// Whether the same call may succeed later.
    package var isRetryable: Bool {
        transport?.isTransient ?? (isThrottling || code.isTransient || [500, 502, 503, 504].contains(status))
    }
}
