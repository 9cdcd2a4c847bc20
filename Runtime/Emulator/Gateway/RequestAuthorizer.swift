import Formats
import Foundation
import HTTPServer
import LambdaEvents
import Synchronization

/// Authorizes requests by invoking Lambda authorizers, and caches their decisions for the configured time.
final class RequestAuthorizer: Sendable {
    enum Decision: Sendable, Hashable {
        case allowed(context: [String: JSONValue]?)
        case denied
        /// An identity source is missing from the request; the authorizer was not invoked.
        case missingIdentity
        /// The authorizer failed.
        case failed
    }

    private struct Key: Hashable {
        let authorizer: String
        let identity: [String]
    }

    private struct CachedDecision {
        let decision: Decision
        let expiry: ContinuousClock.Instant
    }

    private static let cacheLimit = 10_000

    private let invoker: any FunctionInvoker
    private let cache = Mutex<[Key: CachedDecision]>([:])

    init(_ invoker: any FunctionInvoker) { self.invoker = invoker }

    func authorize(_ request: ServerRequest, _ event: HTTPAPIRequest, with authorizer: AuthorizerDefinition) async -> Decision {
        guard let function = authorizer.function else { return .missingIdentity }
        var identity: [String] = []
        for name in authorizer.identityHeaders {
            guard let value = event.headers[name], !value.isEmpty else { return .missingIdentity }
            identity.append(value)
        }
        for name in authorizer.identityQueries {
            guard let value = event.queryStringParameters?[name], !value.isEmpty else { return .missingIdentity }
            identity.append(value)
        }
        let key = Key(authorizer: authorizer.name, identity: identity)
        if authorizer.timeToLive > 0, let cached = cachedDecision(key) { return cached }
        let authorizerRequest = AuthorizerRequest(event, routeArn: GatewayIdentifiers.routeARN(request), identitySource: identity)
        let decision = await invoke(function, authorizerRequest)
        if authorizer.timeToLive > 0, decision != .failed { store(decision, for: key, seconds: authorizer.timeToLive) }
        return decision
    }

    private func invoke(_ function: String, _ request: AuthorizerRequest) async -> Decision {
        guard let payload = try? JSONEncoder().encode(request),
            let result = try? await invoker.invoke(Invocation(function: function, payload: Array(payload))), result.functionError == nil
        else { return .failed }
        let data = Data(result.payload)
        if let response = try? JSONDecoder().decode(AuthorizerResponse.self, from: data) {
            return response.isAuthorized ? .allowed(context: response.context) : .denied
        }
        guard let response = try? JSONDecoder().decode(PolicyResponse.self, from: data) else { return .failed }
        let effects = Set(response.policyDocument.statements.map(\.effect))
        return effects == ["Allow"] ? .allowed(context: response.context) : .denied
    }

    private func cachedDecision(_ key: Key) -> Decision? {
        cache.withLock { $0[key].flatMap { $0.expiry > .now ? $0.decision : nil } }
    }

    private func store(_ decision: Decision, for key: Key, seconds: Int) {
        let now = ContinuousClock.now
        cache.withLock { cache in
            if cache.count >= Self.cacheLimit { cache = cache.filter { $0.value.expiry > now } }
            if cache.count >= Self.cacheLimit { cache.removeAll() }
            cache[key] = CachedDecision(decision: decision, expiry: now + .seconds(seconds))
        }
    }
}

/// An authorizer's response in the form of an IAM policy.
private struct PolicyResponse: Decodable {
    struct Document: Decodable {
        struct Statement: Decodable {
            let effect: String
            private enum CodingKeys: String, CodingKey { case effect = "Effect" }
        }

        let statements: [Statement]
        private enum CodingKeys: String, CodingKey { case statements = "Statement" }
    }

    let policyDocument: Document
    let context: [String: JSONValue]?
}
