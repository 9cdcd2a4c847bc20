import Formats
import NIOHTTP1

/// One HTTP request with its whole body.
package struct ServerRequest: Sendable {
    package var method: String
    /// Percent-encoded, without the query.
    package var path: String
    /// The text after the question mark, percent-encoded; empty when the target has none.
    package var query: String
    /// In the order received, names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Bytes received, including those above the server's body limit, which are dropped.
    package var bodySize: Int
    /// Trailing headers of a chunked body, names in lower case.
    package var trailers: [(name: String, value: String)] = []
    package var clientAddress: String

    package init(
        method: String, path: String, query: String = "", headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        clientAddress: String = "127.0.0.1"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        bodySize = body.count
        self.clientAddress = clientAddress
    }

    /// A request whose body is still to come. The host in an absolute target replaces that of the header `host` (RFC 9112, 3.2.2).
    init(_ head: HTTPRequestHead, clientAddress: String) {
        let target = RequestTarget(head.uri)
        var headers = Self.fields(head.headers)
        if let authority = target.authority {
            headers.removeAll { $0.name == "host" }
            headers.insert(("host", authority), at: 0)
        }
        self.init(method: head.method.rawValue, path: target.path, query: target.query, headers: headers, clientAddress: clientAddress)
    }

    /// Names in lower case, values without the blanks and tabs around them.
    static func fields(_ headers: HTTPHeaders) -> [(name: String, value: String)] {
        headers.map { name, value in
            var bytes = value.utf8[...]
            while let last = bytes.last, last == 32 || last == 9 { bytes.removeLast() }
            while let first = bytes.first, first == 32 || first == 9 { bytes.removeFirst() }
            return (name.lowercased(), String(Substring(bytes)))
        }
    }

    /// The first header of this name, which is given in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The first trailing header of this name, which is given in lower case.
    package func trailer(_ name: String) -> String? { trailers.first { $0.name == name }?.value }

    /// The decoded value of a query parameter, the last one of the name; a plus sign stays a plus sign.
    package func parameter(_ name: String) -> String? {
        for pair in query.split(separator: "&").reversed() {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if PercentEncoding.decodedText(halves[0]) == name { return halves.count > 1 ? PercentEncoding.decodedText(halves[1]) : "" }
        }
        return nil
    }
}

/// The parts of a request's target: `/path?query`, `http://authority/path?query`, or `*`.
private struct RequestTarget {
    /// The host and port of an absolute target.
    let authority: String?
    let path: String
    let query: String

    init(_ target: String) {
        var rest = target[...]
        var authority: String?
        for scheme in ["http://", "https://"] where target.prefix(scheme.count).lowercased() == scheme {
            rest = rest.dropFirst(scheme.count)
            let host = rest.prefix { $0 != "/" && $0 != "?" }
            authority = String(host)
            rest = rest.dropFirst(host.count)
        }
        self.authority = authority
        let path = rest.prefix { $0 != "?" }
        self.path = path.isEmpty ? "/" : String(path)
        query = String(rest.dropFirst(path.count + 1))
    }
}
