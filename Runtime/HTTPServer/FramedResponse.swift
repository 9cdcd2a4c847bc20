import NIOHTTP1

/// A response as it is written to one request: the server decides on the headers that frame the body and on the connection's end.
struct FramedResponse {
    let head: HTTPResponseHead
    /// Empty where the response has none.
    let body: ServerResponse.Body
    /// Whether the connection has to close after it.
    let closes: Bool

    /// A response that cannot be sent becomes status 500.
    init(_ response: ServerResponse, to request: HTTPRequestHead, closes: Bool) {
        let response = response.isSendable ? response : ServerResponse(status: 500)
        let knowsChunks = request.version != .http1_0
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        for name in ["content-length", "transfer-encoding", "connection"] { headers.remove(name: name) }
        var closes = closes || !request.isKeepAlive || request.asksForUpgrade
        let hasContent = response.status != 204 && response.status != 304
        switch response.body {
        case .bytes(let bytes):
            if hasContent { headers.add(name: "content-length", value: String(bytes.count)) }
        case .stream:
            guard hasContent, request.method != .HEAD else { break }
            if knowsChunks { headers.add(name: "transfer-encoding", value: "chunked") } else { closes = true }
        }
        if closes {
            headers.add(name: "connection", value: "close")
        } else if !knowsChunks {
            headers.add(name: "connection", value: "keep-alive")
        }
        self.closes = closes
        head = HTTPResponseHead(version: request.version, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
        body = hasContent && request.method != .HEAD ? response.body : .bytes([])
    }
}

extension HTTPRequestHead {
    /// The parser takes what follows such a request for another protocol, so there can be no next request.
    fileprivate var asksForUpgrade: Bool { method == .CONNECT || headers.contains(name: "upgrade") }
}

extension ServerResponse {
    /// Whether the status ends a request and the headers stay within their lines.
    fileprivate var isSendable: Bool {
        (200..<1000).contains(status) && headers.allSatisfy { isToken($0.name) && isFieldValue($0.value) }
    }

    private func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    private func isFieldValue(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") } }
}
