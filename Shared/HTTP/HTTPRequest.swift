/// One request, complete before it is sent: the body is a buffer, so that it can be signed, hashed and sent again.
package struct HTTPRequest: Sendable {
    /// What to do with a 3xx response. A redirect never leaves the host, port and scheme of the request.
    package enum Redirects: Sendable, Hashable {
        /// The 3xx response itself is returned.
        case returned
        /// GET and HEAD follow up to this many redirects; one that leads elsewhere is `HTTPError.Kind.redirectRejected`.
        case sameOrigin(limit: Int)
    }

    package var method: String
    /// Absolute, percent-encoded ASCII; sent as it is (`/../` and `//` stay).
    package var url: String
    package var headers: [(name: String, value: String)]
    /// `nil` sends no body; an empty one sends `Content-Length: 0`.
    package var body: [UInt8]?
    /// The largest acceptable body of the response in bytes, counted after decompression.
    package var maximumBytes: Int
    package var redirects: Redirects
    /// Requests gzip or deflate, and undoes it. Off where the stored bytes themselves matter.
    package var acceptsCompression: Bool
    /// Declares that sending this twice does no harm, which opens retries to methods other than GET, HEAD and OPTIONS.
    package var isIdempotent: Bool
    /// Sends over a new connection. libcurl itself sends a request again when a reused connection breaks before the response.
    package var needsNewConnection: Bool

    package init(
        _ method: String = "GET", _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        maximumBytes: Int = 64 << 20, redirects: Redirects = .returned, acceptsCompression: Bool = true, isIdempotent: Bool = false,
        needsNewConnection: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.maximumBytes = maximumBytes
        self.redirects = redirects
        self.acceptsCompression = acceptsCompression
        self.isIdempotent = isIdempotent
        self.needsNewConnection = needsNewConnection
    }

    /// Whether a retry is allowed once the request may have reached the server.
    package var mayRepeat: Bool { isIdempotent || ["GET", "HEAD", "OPTIONS"].contains(method) }
}
