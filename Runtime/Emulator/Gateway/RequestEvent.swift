import Foundation
import HTTPServer
import LambdaEvents

/// Makes the payload 2.0 event of an HTTP request.
enum RequestEvent {
    /// - Parameter now: business time, for `requestContext.time` and `timeEpoch`.
    static func make(_ request: ServerRequest, _ match: RouteMatcher.Match, requestID: String, now: VirtualTime) -> HTTPAPIRequest {
        var headers: [String: String] = [:]
        var cookies: [String] = []
        for (name, value) in request.headers {
            if name == "cookie" {
                cookies += value.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            } else if hopByHop.contains(name) {
                continue
            } else {
                headers[name] = headers[name].map { "\($0),\(value)" } ?? value
            }
        }
        headers["x-forwarded-for"] = headers["x-forwarded-for"].map { "\($0), \(request.clientAddress)" } ?? request.clientAddress
        headers["x-forwarded-port"] = request.header("host")?.split(separator: ":").dropFirst().last.map { String($0) } ?? "80"
        headers["x-forwarded-proto"] = "http"
        if headers["x-amzn-trace-id"] == nil { headers["x-amzn-trace-id"] = TraceID.root(at: now.seconds) }
        if headers["content-length"] == nil { headers["content-length"] = String(request.body.count) }
        let host = headers["host"].map { $0.prefix { $0 != ":" } } ?? "localhost"
        let context = HTTPAPIRequestContext(
            http: .init(
                method: request.method, path: request.path, sourceIp: request.clientAddress, userAgent: headers["user-agent"] ?? ""),
            requestId: requestID, routeKey: match.routeKey, time: GatewayIdentifiers.logTime(now), timeEpoch: now.milliseconds,
            accountId: PseudoParameter.account, apiId: GatewayIdentifiers.apiID, domainName: String(host),
            domainPrefix: String(host.prefix { $0 != "." }))
        var event = HTTPAPIRequest(
            routeKey: match.routeKey, rawPath: request.path, rawQueryString: request.query, cookies: cookies.isEmpty ? nil : cookies,
            headers: headers, queryStringParameters: QueryString.parameters(request.query), requestContext: context,
            pathParameters: match.parameters.isEmpty ? nil : match.parameters)
        if !request.body.isEmpty {
            if isText(headers["content-type"]), let text = String(validating: request.body, as: UTF8.self) {
                event.body = text
            } else {
                event.body = Data(request.body).base64EncodedString()
                event.isBase64Encoded = true
            }
        }
        return event
    }

    private static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect",
    ]

    private static func isText(_ contentType: String?) -> Bool {
        guard let type = contentType?.prefix(while: { $0 != ";" }).lowercased().trimmingCharacters(in: .whitespaces) else { return false }
        return type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || ["application/json", "application/xml", "application/javascript"].contains(type)
    }
}
