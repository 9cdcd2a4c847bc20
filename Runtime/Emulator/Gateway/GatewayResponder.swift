import HTTPServer
import LambdaEvents

/// Makes the response to a matched request: authorizes it, invokes the function with its event, maps the function's response.
struct GatewayResponder: Sendable {
    let invoker: any FunctionInvoker
    let requestAuthorizer: RequestAuthorizer
    let authorizers: [String: AuthorizerDefinition]
    let now: @Sendable () -> VirtualTime

    init(_ api: HTTPAPIDefinition, invoker: any FunctionInvoker, now: @escaping @Sendable () -> VirtualTime) {
        self.invoker = invoker
        requestAuthorizer = RequestAuthorizer(invoker)
        authorizers = Dictionary(api.authorizers.map { ($0.name, $0) }) { $1 }
        self.now = now
    }

    func respond(to request: ServerRequest, _ match: RouteMatcher.Match) async -> ServerResponse {
        let requestID = GatewayIdentifiers.requestID()
        var event = RequestEvent.make(request, match, requestID: requestID, now: now())
        if let name = match.route.authorizer {
            guard let authorizer = authorizers[name] else { return .internalError }
            switch await requestAuthorizer.authorize(request, event, with: authorizer) {
            case .allowed(let context): event.requestContext.authorizer = .init(lambda: context ?? [:])
            case .denied: return .forbidden
            case .missingIdentity: return .unauthorized
            case .failed: return .internalError
            }
        }
        do {
            let invocation = Invocation(
                function: match.route.function, payload: event.json(), traceID: event.headers["x-amzn-trace-id"])
            return ResponseMapping.response(try await invoker.invoke(invocation), requestID: requestID)
        } catch {
            return ResponseMapping.response(error)
        }
    }
}
