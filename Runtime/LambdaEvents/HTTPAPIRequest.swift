/// An event of an HTTP API or a function URL, payload format 2.0.
package struct HTTPAPIRequest: Codable, Hashable, Sendable {
    /// `2.0`.
    package var version: String
    /// Such as `GET /v1/forecasts/{symbol}` or `$default`; a function URL may leave it out.
    package var routeKey: String?
    /// As the client sent it, still percent-encoded; begins with the stage's name unless that is `$default`.
    package var rawPath: String
    /// As the client sent it, without the question mark; empty when there is none.
    package var rawQueryString: String
    /// `name=value`, one for each cookie; they are not among the headers.
    package var cookies: [String]?
    /// Names in lower case, repeated ones joined by commas.
    package var headers: [String: String]
    /// Decoded, repeated ones joined by commas; absent when the query is empty.
    package var queryStringParameters: [String: String]?
    package var requestContext: HTTPAPIRequestContext
    /// Absent when there is no body.
    package var body: String?
    /// The values of the route's `{names}`, decoded.
    package var pathParameters: [String: String]?
    package var stageVariables: [String: String]?
    package var isBase64Encoded: Bool

    package init(
        routeKey: String? = "$default", rawPath: String, rawQueryString: String = "", cookies: [String]? = nil,
        headers: [String: String] = [:], queryStringParameters: [String: String]? = nil, requestContext: HTTPAPIRequestContext,
        body: String? = nil, pathParameters: [String: String]? = nil, stageVariables: [String: String]? = nil,
        isBase64Encoded: Bool = false
    ) {
        version = "2.0"
        self.routeKey = routeKey
        self.rawPath = rawPath
        self.rawQueryString = rawQueryString
        self.cookies = cookies
        self.headers = headers
        self.queryStringParameters = queryStringParameters
        self.requestContext = requestContext
        self.body = body
        self.pathParameters = pathParameters
        self.stageVariables = stageVariables
        self.isBase64Encoded = isBase64Encoded
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        version = try values.decodeIfPresent(String.self, forKey: .version) ?? "2.0"
        guard version == "2.0" else {
            throw DecodingError.dataCorruptedError(forKey: .version, in: values, debugDescription: "payload format \(version), not 2.0")
        }
        routeKey = values.unused(.routeKey)
        rawPath = try values.decode(String.self, forKey: .rawPath)
        rawQueryString = values.unused(.rawQueryString) ?? ""
        cookies = values.unused(.cookies)
        headers = try values.decodeIfPresent([String: String].self, forKey: .headers) ?? [:]
        queryStringParameters = try values.decodeIfPresent([String: String].self, forKey: .queryStringParameters)
        requestContext = try values.decodeIfPresent(HTTPAPIRequestContext.self, forKey: .requestContext) ?? HTTPAPIRequestContext()
        body = try values.decodeIfPresent(String.self, forKey: .body)
        pathParameters = try values.decodeIfPresent([String: String].self, forKey: .pathParameters)
        stageVariables = values.unused(.stageVariables)
        isBase64Encoded = try values.decodeIfPresent(Bool.self, forKey: .isBase64Encoded) ?? false
    }
}

extension HTTPAPIRequest {
    /// The value of a header, by a name in any case.
    package func header(_ name: String) -> String? {
        let lowered = name.lowercased()
        return headers[lowered] ?? headers.first { $0.key.lowercased() == lowered }?.value
    }

    /// The body's bytes, decoded from base64 where the gateway encoded them; `nil` when that text is no base64.
    package var bodyBytes: [UInt8]? {
        guard let body else { return [] }
        return isBase64Encoded ? Base64.decode(body) : Array(body.utf8)
    }

    /// Checks that no parameter contains a NUL character, which databases do not store.
    ///
    /// - Throws: `invalidParameter` with the name of the first such parameter, `path` for the rest of the path.
    package func checkParameters() throws(ProblemDetails) {
        for parameters in [pathParameters, queryStringParameters] {
            let name = parameters?.filter { $0.key.utf8.contains(0) || $0.value.utf8.contains(0) }.keys.min()
            if let name { throw .invalidParameter(name, "It contains a NUL character.") }
        }
        if rawPath.utf8.contains(0) || rawPath.contains("%00") { throw .invalidParameter("path", "It contains a NUL character.") }
    }
}
