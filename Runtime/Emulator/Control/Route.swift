/// A request on the api port, as the machine's own endpoints and hooks see it.
package struct APIRequest: Sendable {
    package var method: String
    /// Percent-encoded, without the query.
    package var path: String
    /// Decoded query items; the last of a name wins.
    package var query: [String: String]
    /// Names in lower case; the first of a name wins.
    package var headers: [String: String]
    package var body: [UInt8]
}

/// What an endpoint answers.
package struct APIResponse: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Sent in chunks as they come.
        case stream(AsyncStream<[UInt8]>)
    }

    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Body

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.init(status: status, headers: headers, content: .bytes(body))
    }

    package init(status: Int, headers: [(name: String, value: String)] = [], content: Body) {
        self.status = status
        self.headers = headers
        body = content
    }

    package static func json(_ value: some Encodable, status: Int = 200) -> APIResponse {
        APIResponse(status: status, headers: [("Content-Type", "application/json")], body: JSONText.encode(value))
    }
}

/// An endpoint on the api port. A path that ends in `/` stands for everything under it.
package struct Route: Sendable {
    package let method: String
    package let path: String
    package let handle: @Sendable (APIRequest) async -> APIResponse

    package init(_ method: String, _ path: String, handle: @escaping @Sendable (APIRequest) async -> APIResponse) {
        self.method = method
        self.path = path
        self.handle = handle
    }

    func matches(_ request: APIRequest) -> Bool {
        request.method == method && (path.hasSuffix("/") ? request.path.hasPrefix(path) : request.path == path)
    }
}
