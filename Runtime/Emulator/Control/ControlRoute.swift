import Foundation
package import HTTPServer
import Synchronization

/// One endpoint of the API port.
package struct ControlRoute: Sendable {
    /// How callers prove that they may call the endpoint.
    package enum Authentication: Sendable {
        /// Signature Version 4 with the stack's key.
        case signature
        /// The handler checks a token of its own.
        case handler
    }

    package let method: String
    /// A path that ends in `/` matches every path under it.
    package let path: String
    package let authentication: Authentication
    package let handle: @Sendable (ServerRequest) async -> ServerResponse

    package init(
        _ method: String, _ path: String, authentication: Authentication = .signature,
        handle: @escaping @Sendable (ServerRequest) async -> ServerResponse
    ) {
        self.method = method
        self.path = path
        self.authentication = authentication
        self.handle = handle
    }

    func matches(_ request: ServerRequest) -> Bool {
        request.method == method && (path.hasSuffix("/") ? request.path.hasPrefix(path) : request.path == path)
    }
}

/// The endpoints of the API port: the Invoke API, the emulator's control endpoints and webhooks. It fills while the emulator starts.
final class RouteTable: Sendable {
    /// A synchronous payload and room for its envelope.
    private static let bodyLimit = EnvironmentPool.payloadLimit + (1 << 20)

    private let routes = Mutex<[ControlRoute]>([])
    private let requestGuard: RequestGuard

    init(_ requestGuard: RequestGuard) { self.requestGuard = requestGuard }

    func add(_ more: [ControlRoute]) { routes.withLock { $0 += more } }

    var handler: ServerHandler {
        ServerHandler(
            bodyLimit: Self.bodyLimit, tooLargeResponse: LambdaAPIError.tooLarge(limit: EnvironmentPool.payloadLimit).response,
            refusal: { [self] in requestGuard.refusal(ofHead: $0, authentication(of: $0))?.response }, respond: respond)
    }

    private func authentication(of request: ServerRequest) -> ControlRoute.Authentication {
        routes.withLock { $0.first { $0.matches(request) } }?.authentication ?? .signature
    }

    @Sendable private func respond(to request: ServerRequest) async -> ServerResponse {
        let route = routes.withLock { $0.first { $0.matches(request) } }
        if let refusal = requestGuard.refusal(of: request, route?.authentication ?? .signature) { return refusal.response }
        guard let route else {
            return LambdaAPIError.notFound("\(request.method) \(request.path) is not served here").response
        }
        return await route.handle(request)
    }
}

extension ServerResponse {
    /// A JSON document: keys in order, slashes unescaped.
    static func json(_ value: some Encodable, status: Int = 200) -> ServerResponse {
        ServerResponse(status: status, headers: [("Content-Type", "application/json")], body: JSONBody.encode(value))
    }
}

/// JSON as the API port writes it: keys in order, slashes unescaped.
enum JSONBody {
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { [UInt8]($0) } ?? []
    }
}
