/// One event as the Runtime API handed it out.
struct Invocation: Sendable, Hashable {
    let requestId: String
    /// Milliseconds since 1970, if stated and readable.
    let deadline: Deadline?
    let arn: String
    let traceId: String?
    let clientContext: String?
    let cognitoIdentity: String?
    let tenantId: String?
    let event: [UInt8]

    /// `nil` without a request id that is safe to use in a path: such an invocation cannot be answered.
    init?(_ reply: Reply) {
        guard let id = reply["lambda-runtime-aws-request-id"], !id.isEmpty,
            id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"/?#%".utf8.contains($0) })
        else { return nil }
        requestId = id
        deadline = reply["lambda-runtime-deadline-ms"].flatMap { Int64($0) }.map { Deadline(epochMilliseconds: $0) }
        arn = reply["lambda-runtime-invoked-function-arn"] ?? ""
        traceId = reply["lambda-runtime-trace-id"]
        clientContext = reply["lambda-runtime-client-context"]
        cognitoIdentity = reply["lambda-runtime-cognito-identity"]
        tenantId = reply["lambda-runtime-aws-tenant-id"]
        event = reply.body
    }
}

/// What a poll for the next invocation came to.
enum Poll: Sendable, Hashable {
    case invocation(Invocation)
    /// 204: ask again.
    case nothing
    /// An answer that holds no invocation.
    case unusable(String)
    case failed(NetworkFailure)

    init(_ reply: Reply) {
        switch reply.status {
        case .ok: self = Invocation(reply).map { .invocation($0) } ?? .unusable("an invocation without a usable request id")
        case .noContent: self = .nothing
        default: self = .unusable("status \(reply.status)")
        }
    }
}
