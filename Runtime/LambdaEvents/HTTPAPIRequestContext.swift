package import Formats

/// The route, caller and time of a request to an HTTP API. Every member may be missing: functions use the time and the authorizer only.
package struct HTTPAPIRequestContext: Codable, Hashable, Sendable {
    package struct HTTP: Codable, Hashable, Sendable {
        package var method: String
        package var path: String
        package var `protocol`: String?
        package var sourceIp: String?
        package var userAgent: String?

        package init(
            method: String, path: String, protocol: String? = "HTTP/1.1", sourceIp: String? = "127.0.0.1", userAgent: String? = ""
        ) {
            self.method = method
            self.path = path
            self.protocol = `protocol`
            self.sourceIp = sourceIp
            self.userAgent = userAgent
        }

        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                method: values.unused(.method) ?? "", path: values.unused(.path) ?? "", protocol: values.unused(.protocol),
                sourceIp: values.unused(.sourceIp), userAgent: values.unused(.userAgent))
        }
    }

    package var accountId: String?
    package var apiId: String?
    /// Absent on routes without an authorizer.
    package var authorizer: Authorizer?
    package var domainName: String?
    package var domainPrefix: String?
    package var http: HTTP?
    package var requestId: String?
    package var routeKey: String?
    package var stage: String?
    /// Common log format, such as `12/Mar/2020:19:03:58 +0000`.
    package var time: String?
    /// Milliseconds since 1970, as sent.
    package var timeEpoch: Int64?

    package init() {}

    /// What a gateway knows of a request.
    package init(
        http: HTTP, requestId: String, routeKey: String? = "$default", stage: String? = "$default", time: String, timeEpoch: Int64,
        accountId: String = "000000000000", apiId: String = "local", domainName: String = "localhost", domainPrefix: String = "localhost",
        authorizer: Authorizer? = nil
    ) {
        self.http = http
        self.requestId = requestId
        self.routeKey = routeKey
        self.stage = stage
        self.time = time
        self.timeEpoch = timeEpoch
        self.accountId = accountId
        self.apiId = apiId
        self.domainName = domainName
        self.domainPrefix = domainPrefix
        self.authorizer = authorizer
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        authorizer = try values.decodeIfPresent(Authorizer.self, forKey: .authorizer)
        timeEpoch = values.unused(.timeEpoch)
        (accountId, apiId, http, requestId) = (
            values.unused(.accountId), values.unused(.apiId), values.unused(.http), values.unused(.requestId)
        )
        (domainName, domainPrefix) = (values.unused(.domainName), values.unused(.domainPrefix))
        (routeKey, stage, time) = (values.unused(.routeKey), values.unused(.stage), values.unused(.time))
    }

    /// The caller's identity, by the kind of authorizer.
    package struct Authorizer: Codable, Hashable, Sendable {
        package struct JWT: Codable, Hashable, Sendable {
            /// Every claim as text.
            package var claims: [String: String]
            package var scopes: [String]?

            package init(claims: [String: String], scopes: [String]? = nil) {
                self.claims = claims
                self.scopes = scopes
            }
        }

        /// The `context` of a Lambda authorizer's response.
        package var lambda: [String: JSONValue]?
        package var jwt: JWT?
        package var iam: [String: JSONValue]?

        package init(lambda: [String: JSONValue]? = nil, jwt: JWT? = nil, iam: [String: JSONValue]? = nil) {
            self.lambda = lambda
            self.jwt = jwt
            self.iam = iam
        }
    }
}
