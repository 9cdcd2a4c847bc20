/// An HTTP status; unknown ones survive.
struct HTTPStatus: Sendable, Hashable, CustomStringConvertible {
    let code: Int

    static let ok = HTTPStatus(code: 200), accepted = HTTPStatus(code: 202), noContent = HTTPStatus(code: 204)
    static let badRequest = HTTPStatus(code: 400), forbidden = HTTPStatus(code: 403), tooLarge = HTTPStatus(code: 413)

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

/// A complete response of the Runtime API.
struct RuntimeAPIResponse: Sendable, Hashable {
    struct Header: Sendable, Hashable {
        let name: HeaderName
        let value: String
    }

    var status = HTTPStatus(code: 0)
    var headers: [Header] = []
    var body: [UInt8] = []
    /// Whether another request may follow on the same connection.
    var keepsAlive = true

    subscript(_ name: HeaderName) -> String? { headers.first { $0.name == name }?.value }
}
