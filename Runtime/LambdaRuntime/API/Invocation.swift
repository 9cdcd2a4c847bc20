import Formats

/// One invocation as the Runtime API delivered it.
struct Invocation: Sendable, Hashable {
    let requestId: String
    /// If stated and usable.
    let deadline: Deadline?
    let arn: String
    let traceId: String?
    let clientContext: String?
    let cognitoIdentity: String?
    let tenantId: String?
    let event: [UInt8]

    /// `nil` without a request id that is safe to use in a path: no result can be posted for such an invocation.
    init?(_ response: RuntimeAPIResponse) {
        guard let id = response[.requestId], !id.isEmpty, id.utf8.allSatisfy(Self.isSafeInPath) else { return nil }
        requestId = id
        deadline = response[.deadline].flatMap { Int64($0) }.flatMap { Deadline(header: $0) }
        arn = response[.functionArn] ?? ""
        traceId = response[.traceId]
        clientContext = response[.clientContext]
        cognitoIdentity = response[.cognitoIdentity]
        tenantId = response[.tenantId]
        event = response.body
    }

    private static func isSafeInPath(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: false
        }
    }
}

/// The result of one poll for the next invocation.
enum PollResult: Sendable, Hashable {
    case invocation(Invocation)
    /// 204: poll again.
    case nothing
    /// A response that holds no invocation.
    case unusable(String)
    case failed(NetworkError)

    init(_ response: RuntimeAPIResponse) {
        switch response.status {
        case .ok: self = Invocation(response).map { .invocation($0) } ?? .unusable("an invocation without a usable request id")
        case .noContent: self = .nothing
        default: self = .unusable("status \(response.status)")
        }
    }
}
