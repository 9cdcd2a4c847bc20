/// Why a request got no HTTP response. A 4xx or 5xx response is not an error here.
///
/// Texts name the host, never the path or the query, which may hold a key.
package struct HTTPError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// The request cannot be sent as it is: a bad URL, a line break in a header, an unknown scheme.
        case invalidRequest
        /// The host was not found or refused the connection: nothing was sent.
        case unreachable
        /// The TLS handshake or the check of the certificate failed: nothing was sent.
        case tls
        /// The connection broke, or the response was truncated or malformed.
        case broken
        /// The deadline passed.
        case timedOut
        /// The response is larger than `HTTPRequest.maximumBytes`, or its headers than 256 KiB.
        case tooLarge
        /// A redirect led to another origin, or there were too many.
        case redirectRejected
        /// The task was cancelled, or the client went away.
        case cancelled
    }

    package let kind: Kind
    /// libcurl's result code; nil for errors of our own.
    package let code: CurlCode?
    package let detail: String

    package init(_ kind: Kind, code: CurlCode? = nil, _ detail: String) {
        self.kind = kind
        self.code = code
        self.detail = detail
    }

    package var description: String { "\(kind): \(detail)" }

    /// Whether the same request may succeed a moment later.
    package var isTransient: Bool { kind == .unreachable || kind == .broken }

    /// Whether the server cannot have seen the request.
    package var happenedBeforeSending: Bool { kind == .unreachable || kind == .tls || kind == .invalidRequest }
}

extension HTTPError.Kind {
    init(_ code: CurlCode) {
        self =
            switch code {
            case .malformedURL: .invalidRequest
            case .hostNotResolved, .proxyNotResolved, .notConnected: .unreachable
            case .tlsHandshake, .certificateRejected, .certificateFile: .tls
            case .timedOut: .timedOut
            case .tooLarge: .tooLarge
            default: .broken
            }
    }
}
