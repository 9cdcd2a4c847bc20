import CCurl

/// One request on its way: the request, what has arrived so far, and who waits for it.
///
/// `@unchecked Sendable`: the sender fills it before `TransferLoop.submit`; from then on only the loop's thread touches it,
/// except `isCancelled`, which is read and written under the loop's lock.
final class Transfer: @unchecked Sendable {
    typealias Outcome = Result<(HTTPResponse, location: String?), HTTPError>

    let request: HTTPRequest
    let address: WebAddress
    let deadline: ContinuousClock.Instant
    var continuation: CheckedContinuation<Outcome, Never>?
    var isCancelled = false
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []
    private(set) var isTooLarge = false
    /// Whether the head of a response has begun and its body has not.
    var isReadingHeaders: Bool { headerBytes > 0 && body.isEmpty }
    private var headerBytes = 0

    static let maximumHeaderBytes = 256 << 10

    /// Checks what libcurl would pass through: a line break in a header would be a second header.
    init(_ request: HTTPRequest, deadline: ContinuousClock.Instant) throws(HTTPError) {
        guard let address = WebAddress(request.url), request.url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw HTTPError(.invalidRequest, "the URL is not an absolute, percent-encoded http or https URL")
        }
        guard Self.isToken(request.method) else { throw HTTPError(.invalidRequest, "the method is no token") }
        for (name, value) in request.headers {
            guard Self.isToken(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw HTTPError(.invalidRequest, "header \(Self.isToken(name) ? name : "name") holds a control character")
            }
        }
        self.request = request
        self.address = address
        self.deadline = deadline
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
    }

    /// Ends the wait. Only the first call counts.
    func finish(_ outcome: Outcome) {
        continuation?.resume(returning: outcome)
        continuation = nil
    }

    /// One header line with its line end. A status line starts a new response (after `100 Continue`).
    func receive(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.maximumHeaderBytes else { return rejectAsTooLarge() }
        if bytes.starts(with: "HTTP/".utf8) {
            headers = []
            return true
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        var value = bytes[(colon + 1)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        headers.append((String(decoding: bytes[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
        return true
    }

    /// A piece of the body, after decompression.
    func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= request.maximumBytes - body.count else { return rejectAsTooLarge() }
        body.append(contentsOf: bytes)
        return true
    }

    /// What the server sent too much of.
    var excess: String {
        headerBytes > Self.maximumHeaderBytes
            ? "more than \(Self.maximumHeaderBytes) bytes of headers" : "more than \(request.maximumBytes) bytes"
    }

    private func rejectAsTooLarge() -> Bool {
        isTooLarge = true
        body = []
        return false
    }
}
