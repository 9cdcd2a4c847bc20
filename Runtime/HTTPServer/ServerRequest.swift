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

    /// A request whose body is still to come.
    init(_ head: HTTPRequestHead, clientAddress: String) {
        let mark = head.uri.firstIndex(of: "?")
        self.init(
            method: head.method.rawValue, path: mark.map { String(head.uri[..<$0]) } ?? head.uri,
            query: mark.map { String(head.uri[head.uri.index(after: $0)...]) } ?? "", headers: Self.fields(head.headers),
            clientAddress: clientAddress)
    }

    static func fields(_ headers: HTTPHeaders) -> [(name: String, value: String)] { headers.map { ($0.name.lowercased(), $0.value) } }

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
