import Glibc

/// Why a request to the Runtime API got no response.
enum NetworkError: Error, Hashable, CustomStringConvertible {
    /// No server listens at the address.
    case refused
    case unknownHost(String)
    /// A system call failed with this `errno`.
    case system(Int32)
    /// The connection ended before the response was complete.
    case closed
    case timedOut
    /// The response is not HTTP/1.1.
    case malformed(String)

    var description: String {
        switch self {
        case .refused: "connection refused"
        case .unknownHost(let name): "unknown host \(name)"
        case .system(let code): String(cString: strerror(code))
        case .closed: "connection closed before the response was complete"
        case .timedOut: "no response in time"
        case .malformed(let detail): "not an HTTP/1.1 response: \(detail)"
        }
    }

    static func errno(_ code: Int32) -> NetworkError {
        switch code {
        case ECONNREFUSED: .refused
        case EAGAIN, EINPROGRESS, ETIMEDOUT: .timedOut
        case ECONNRESET, EPIPE: .closed
        default: .system(code)
        }
    }
}
