/// An HTTP request as it came, before any route is chosen.
struct GatewayRequest: Sendable {
    var method: String
    /// Percent-encoded, without the query.
    var path: String
    /// Undecoded, without the question mark.
    var query: String
    /// In the order of the wire; names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    var sourceIP: String

    /// The first header of that name, given in lower case.
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// What the gateway sends back.
struct GatewayResponse: Sendable, Equatable {
    struct Header: Sendable, Equatable {
        var name: String
        var value: String
    }

    var status: Int
    var headers: [Header]
    var body: [UInt8]

    /// An answer that the gateway gives by itself: `{"message":"…"}`.
    static func message(_ text: String, status: Int) -> GatewayResponse {
        GatewayResponse(
            status: status, headers: [Header(name: "content-type", value: "application/json")], body: Array(#"{"message":"\#(text)"}"#.utf8)
        )
    }

    static let notFound = message("Not Found", status: 404)
    static let unauthorized = message("Unauthorized", status: 401)
    static let forbidden = message("Forbidden", status: 403)
    static let tooLarge = message("Request Entity Too Large", status: 413)
    static let internalError = message("Internal Server Error", status: 500)
    static let unavailable = message("Service Unavailable", status: 503)
}
