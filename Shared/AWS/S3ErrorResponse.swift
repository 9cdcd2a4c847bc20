import HTTP

/// Parses S3's errors: an XML body with a code, a status without a body (HEAD), or an error in a response of status 200.
enum S3ErrorResponse {
    /// - Parameter bodyIsObject: whether the body of a successful response is an object's bytes, which are not parsed.
    static func of(_ response: HTTPResponse, bodyIsObject: Bool) -> AWSError? {
        let requestId = response[header: "x-amz-request-id"]
        if response.isSuccess {
            guard !bodyIsObject, !response.body.isEmpty else { return nil }
            guard let node = try? XMLNode(parsing: response.body) else { return interrupted(requestId) }
            guard node.name == "Error" else { return nil }
            return AWSError(
                AWSErrorCode(node["Code"] ?? "InternalError"), node["Message"] ?? "", status: 500, requestId: node["RequestId"] ?? requestId
            )
        }
        let node = (try? XMLNode(parsing: response.body)).flatMap { $0.name == "Error" ? $0 : nil }
        let region = response[header: "x-amz-bucket-region"] ?? node?["Region"]
        return AWSError(
            node?["Code"].map { AWSErrorCode($0) } ?? code(response.status), node?["Message"] ?? "no further explanation",
            status: response.status, requestId: node?["RequestId"] ?? requestId, bucketRegion: region)
    }

    /// The error for an XML response that is cut off or unreadable: a server error, which may be retried.
    static func interrupted(_ requestId: String?) -> AWSError {
        AWSError(.internalError, "the response is cut off or no XML", status: 500, requestId: requestId)
    }

    private static func code(_ status: Int) -> AWSErrorCode {
        switch status {
        case 301: .permanentRedirect
        case 403: .accessDenied
        case 404: .notFound
        case 412: .preconditionFailed
        case 503: .slowDown
        case 500...599: .internalError
        default: AWSErrorCode("HTTP\(status)")
        }
    }
}
