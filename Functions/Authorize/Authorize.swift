import AWS
import FoundationEssentials
import LambdaEvents
import LambdaRuntime
import Postgres
import Store

/// The HTTP API's Lambda authorizer: knows API keys by their SHA-256 only, and may only read them.
package struct Authorize: Function {
    let keys: APIKeys

    package init(_ environment: [String: String]) async throws {
        keys = APIKeys(try await environment.database())
    }

    package func handle(_ request: AuthorizerRequest, _ context: Context) async throws -> AuthorizerResponse {
        guard let key = request.headers?["x-api-key"], !key.isEmpty, key.utf8.count <= 256 else { return .deny }
        guard let known = try await keys.find(sha256: SHA256.digest(Array(key.utf8)), deadline: context.storeDeadline) else { return .deny }
        return .allow(context: ["key": known.name])
    }
}
