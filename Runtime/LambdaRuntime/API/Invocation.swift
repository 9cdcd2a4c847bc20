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
        guard let id = reply[.requestId], !id.isEmpty, id.utf8.allSatisfy(Self.isSafeInPath) else { return nil }
        requestId = id
        deadline = reply[.deadline].flatMap { Int64($0) }.map { Deadline(epochMilliseconds: $0) }
        arn = reply[.functionArn] ?? ""
        traceId = reply[.traceId]
        clientContext = reply[.clientContext]
        cognitoIdentity = reply[.cognitoIdentity]
        tenantId = reply[.tenantId]
        event = reply.body
    }

    private static func isSafeInPath(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: false
        }
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
