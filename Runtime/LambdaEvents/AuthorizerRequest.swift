package import Formats

/// The event of a Lambda authorizer of an HTTP API, payload format 2.0. The authorizer uses the headers only; any other member may be
/// missing.
package struct AuthorizerRequest: Codable, Hashable, Sendable {
    /// `2.0`.
    package var version: String?
    /// `REQUEST`.
    package var type: String?
    /// `arn:aws:execute-api:region:account:api/stage/METHOD/path`.
    package var routeArn: String?
    /// The values of the authorizer's identity sources, such as the API key's header; absent when it names none.
    package var identitySource: [String]?
    package var routeKey: String?
    package var rawPath: String?
    package var rawQueryString: String?
    package var cookies: [String]?
    package var headers: [String: String]?
    package var queryStringParameters: [String: String]?
    package var requestContext: HTTPAPIRequestContext?
    package var pathParameters: [String: String]?
    package var stageVariables: [String: String]?

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        headers = try values.decodeIfPresent([String: String].self, forKey: .headers)
        (version, type, routeArn) = (values.unused(.version), values.unused(.type), values.unused(.routeArn))
        (identitySource, routeKey) = (values.unused(.identitySource), values.unused(.routeKey))
        (rawPath, rawQueryString, cookies) = (values.unused(.rawPath), values.unused(.rawQueryString), values.unused(.cookies))
        (queryStringParameters, pathParameters) = (values.unused(.queryStringParameters), values.unused(.pathParameters))
        (requestContext, stageVariables) = (values.unused(.requestContext), values.unused(.stageVariables))
    }

    /// What the gateway sends the authorizer about a request.
    package init(_ request: HTTPAPIRequest, routeArn: String, identitySource: [String]?) {
        version = "2.0"
        type = "REQUEST"
        self.routeArn = routeArn
        self.identitySource = identitySource
        routeKey = request.routeKey ?? "$default"
        rawPath = request.rawPath
        rawQueryString = request.rawQueryString
        cookies = request.cookies
        headers = request.headers
        queryStringParameters = request.queryStringParameters
        requestContext = request.requestContext
        pathParameters = request.pathParameters
        stageVariables = request.stageVariables
    }

    /// The value of a header, by a name in any case.
    package func header(_ name: String) -> String? {
        let lowered = name.lowercased()
        return headers?[lowered] ?? headers?.first { $0.key.lowercased() == lowered }?.value
    }
}

/// An authorizer's response in the simple format: 401 and 403 are the gateway's to send.
package struct AuthorizerResponse: Codable, Hashable, Sendable {
    package var isAuthorized: Bool
    /// Reaches the function as `requestContext.authorizer.lambda`.
    package var context: [String: JSONValue]?

    package init(isAuthorized: Bool, context: [String: JSONValue]? = nil) {
        self.isAuthorized = isAuthorized
        self.context = context
    }
}
