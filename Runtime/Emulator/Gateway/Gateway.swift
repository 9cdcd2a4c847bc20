package import HTTPServer
import NIOCore

/// Serves one HTTP API as API Gateway does: routes, authorizers, payload 2.0, limits and error responses.
package final class Gateway: Sendable {
    /// Bytes of a request's body that HTTP APIs accept.
    static let bodyLimit = 10 << 20

    package let port: Int
    private let listener: HTTPListener

    private init(_ listener: HTTPListener) {
        self.listener = listener
        port = listener.port
    }

    /// Listens until `stop`.
    ///
    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - now: Business time for `requestContext`; time limits and the authorizer's cache use the real clock.
    package static func start(
        _ api: HTTPAPIDefinition, invoker: any FunctionInvoker, port: Int, now: @escaping @Sendable () -> VirtualTime
    ) async throws(HTTPListenerError) -> Gateway {
        let routes = RouteMatcher(api.routes)
        let responder = GatewayResponder(api, invoker: invoker, now: now)
        let handler = ServerHandler(bodyLimit: { _ in bodyLimit }, tooLargeResponse: .tooLarge) { request, connection in
            guard let match = routes.match(method: request.method, path: request.path) else { return connection.send(.notFound) }
            let client = connection.responder
            let timeout = connection.loop.scheduleTask(in: .milliseconds(Int64(match.route.timeout * 1000))) { client.send(.unavailable) }
            Task {
                let response = await responder.respond(to: request, match)
                timeout.cancel()
                client.send(response)
            }
        }
        return Gateway(try await HTTPListener.start(port: port, handler: handler))
    }

    /// Closes the port and every connection; requests under way have one second to finish.
    package func stop() async { await listener.stop() }
}

/// The gateway's own responses: `{"message":"…"}`.
extension ServerResponse {
    private static func message(_ text: String, status: Int) -> ServerResponse {
        ServerResponse(status: status, headers: [("content-type", "application/json")], body: Array(#"{"message":"\#(text)"}"#.utf8))
    }

    static let notFound = message("Not Found", status: 404)
    static let unauthorized = message("Unauthorized", status: 401)
    static let forbidden = message("Forbidden", status: 403)
    static let tooLarge = message("Request Entity Too Large", status: 413)
    static let internalError = message("Internal Server Error", status: 500)
    static let unavailable = message("Service Unavailable", status: 503)
}
