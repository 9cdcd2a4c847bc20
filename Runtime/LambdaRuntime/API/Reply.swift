/// An HTTP status; unknown ones survive.
struct Status: Sendable, Hashable, CustomStringConvertible {
    let code: Int

    static let ok = Status(code: 200), accepted = Status(code: 202), noContent = Status(code: 204)
    static let badRequest = Status(code: 400), forbidden = Status(code: 403), tooLarge = Status(code: 413)

    var isSuccess: Bool { (200..<300).contains(code) }
    var description: String { String(code) }
}

/// The headers that the runtime looks at; all others are passed over.
enum HeaderName: String, CaseIterable, Sendable {
    case requestId = "lambda-runtime-aws-request-id"
    case deadline = "lambda-runtime-deadline-ms"
    case functionArn = "lambda-runtime-invoked-function-arn"
    case traceId = "lambda-runtime-trace-id"
    case clientContext = "lambda-runtime-client-context"
    case cognitoIdentity = "lambda-runtime-cognito-identity"
    case tenantId = "lambda-runtime-aws-tenant-id"
    case connection, contentLength = "content-length", transferEncoding = "transfer-encoding"

    private static let spelled = allCases.map { (name: $0, bytes: Array($0.rawValue.utf8)) }

    /// - Parameter bytes: ASCII in any case.
    init?(_ bytes: ArraySlice<UInt8>) {
        for (name, spelling) in Self.spelled where spelling.count == bytes.count {
            if zip(spelling, bytes).allSatisfy({ $0 == ((65...90).contains($1) ? $1 | 0x20 : $1) }) {
                self = name
                return
            }
        }
        return nil
    }
}

/// A complete answer of the Runtime API.
struct Reply: Sendable, Hashable {
    struct Header: Sendable, Hashable {
        let name: HeaderName
        let value: String
    }

    var status = Status(code: 0)
    var headers: [Header] = []
    var body: [UInt8] = []
    /// Whether another request may follow on the same connection.
    var keepsAlive = true

    subscript(_ name: HeaderName) -> String? { headers.first { $0.name == name }?.value }
}
