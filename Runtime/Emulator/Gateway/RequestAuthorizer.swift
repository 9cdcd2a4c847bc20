import Foundation
import HTTPServer
import LambdaEvents
import Synchronization

/// Asks Lambda authorizers who may in, and remembers their answers for as long as they say.
final class RequestAuthorizer: Sendable {
    enum Verdict: Sendable, Hashable {
        case allowed(context: [String: JSONValue]?)
        case denied
        /// An identity source is missing; nobody was asked.
        case unidentified
        case failed
    }

    private struct Key: Hashable {
        let authorizer: String
        let identity: [String]
    }

    private struct Remembered {
        let verdict: Verdict
        let until: ContinuousClock.Instant
    }

    private let invoker: any FunctionInvoker
    private let cache = Mutex<[Key: Remembered]>([:])

    init(_ invoker: any FunctionInvoker) { self.invoker = invoker }

    func verdict(_ authorizer: AuthorizerDefinition, _ request: ServerRequest, _ event: HTTPAPIRequest) async -> Verdict {
        guard let function = authorizer.function else { return .unidentified }
        var identity: [String] = []
        for name in authorizer.identityHeaders {
            guard let value = event.headers[name], !value.isEmpty else { return .unidentified }
            identity.append(value)
        }
        for name in authorizer.identityQueries {
            guard let value = event.queryStringParameters?[name], !value.isEmpty else { return .unidentified }
            identity.append(value)
        }
        let key = Key(authorizer: authorizer.name, identity: identity)
        if authorizer.timeToLive > 0, let known = remembered(key) { return known }
        let verdict = await ask(
            function, AuthorizerRequest(event, routeArn: GatewayIdentifiers.routeARN(request), identitySource: identity))
        if authorizer.timeToLive > 0, verdict != .failed { remember(verdict, for: key, seconds: authorizer.timeToLive) }
        return verdict
    }

    private func ask(_ function: String, _ question: AuthorizerRequest) async -> Verdict {
        guard let payload = try? JSONEncoder().encode(question),
            let result = try? await invoker.invoke(Invocation(function: function, payload: Array(payload))), result.functionError == nil
        else { return .failed }
        let data = Data(result.payload)
        if let answer = try? JSONDecoder().decode(AuthorizerResponse.self, from: data) {
            return answer.isAuthorized ? .allowed(context: answer.context) : .denied
        }
        guard let answer = try? JSONDecoder().decode(PolicyResponse.self, from: data) else { return .failed }
        let effects = Set(answer.policyDocument.statements.map(\.effect))
        return effects == ["Allow"] ? .allowed(context: answer.context) : .denied
    }

    private func remembered(_ key: Key) -> Verdict? {
        cache.withLock { $0[key].flatMap { $0.until > .now ? $0.verdict : nil } }
    }

    private func remember(_ verdict: Verdict, for key: Key, seconds: Int) {
        let now = ContinuousClock.now
        cache.withLock { cache in
            if cache.count >= 10_000 { cache = cache.filter { $0.value.until > now } }
            if cache.count >= 10_000 { cache.removeAll() }
            cache[key] = Remembered(verdict: verdict, until: now + .seconds(seconds))
        }
    }
}

/// An authorizer's answer in the form of an IAM policy.
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
