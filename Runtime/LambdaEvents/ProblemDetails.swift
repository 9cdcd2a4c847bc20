import FoundationEssentials

/// An error response of an HTTP API: `application/problem+json`. Source: RFC 9457.
package struct ProblemDetails: Error, Encodable, Hashable, Sendable {
    /// Stable and specific to the kind of problem, such as `urn:bellwether:problem:unknown-symbol`.
    package let type: String
    /// The same title for every problem of the type.
    package let title: String
    package let status: Int
    /// What went wrong this time, and what to do about it.
    package let detail: String
    /// The request's parameter at fault, where there is one.
    package let parameter: String?

    package init(_ name: String, title: String, status: Int, detail: String, parameter: String? = nil) {
        type = "urn:bellwether:problem:\(name)"
        self.title = title
        self.status = status
        self.detail = detail
        self.parameter = parameter
    }

    package static func invalidParameter(_ name: String, _ detail: String) -> ProblemDetails {
        ProblemDetails("invalid-parameter", title: "A parameter is invalid", status: 400, detail: detail, parameter: name)
    }

    package static func unreadableAsOf(_ text: String) -> ProblemDetails {
        invalidParameter("as_of", "\"\(text)\" is neither a date such as 2013-03-01 nor an instant such as 2013-03-01T22:30:00Z.")
    }

    package static func futureAsOf(_ text: String, now: String) -> ProblemDetails {
        invalidParameter("as_of", "\(text) has not come yet: it is \(now). Give the present or a time before it.")
    }

    package static func unknownSymbol(_ symbol: String) -> ProblemDetails {
        ProblemDetails(
            "unknown-symbol", title: "The symbol is unknown", status: 404,
            detail: "No instrument is listed as \"\(symbol)\"; GET /v1/symbols lists all.",
            parameter: "symbol")
    }

    package static let unavailable = ProblemDetails(
        "unavailable", title: "A store cannot be used", status: 503,
        detail: "The database or the object store does not respond, or its schema is older than this code. Try again later.")

    package static func notFound(_ path: String) -> ProblemDetails {
        ProblemDetails("not-found", title: "There is nothing here", status: 404, detail: "Nothing is served at \(path).")
    }
}

extension HTTPAPIResponse {
    /// An error response. Never cached.
    package init(_ problem: ProblemDetails) {
        let body = (try? Self.encode(problem)) ?? "{}"
        self.init(
            statusCode: problem.status, headers: ["content-type": "application/problem+json", "cache-control": "no-store"], body: body)
    }

    /// A JSON response.
    ///
    /// - Throws: `EncodingError`.
    package init(statusCode: Int = 200, json document: some Encodable, headers: [String: String] = [:]) throws {
        let headers = headers.merging(["content-type": "application/json"]) { given, _ in given }
        self.init(statusCode: statusCode, headers: headers, body: try Self.encode(document))
    }

    private static func encode(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
