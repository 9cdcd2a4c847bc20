import AWS
import Clients
import Formats
import FoundationEssentials
package import LambdaEvents
package import LambdaRuntime
import Postgres
import Store

/// The HTTP API's Lambda authorizer: checks the API key of a request against the stored SHA-256 hashes.
package struct Authorize: Function {
    let keys: APIKeys
    let database: Database

    package init(_ environment: [String: String]) async throws {
        database = try await FunctionClients(environment).database
        keys = APIKeys(database)
    }

    package func handle(_ request: AuthorizerRequest, _ context: Context) async throws -> AuthorizerResponse {
        guard let key = request.header("x-api-key"), (1...256).contains(key.utf8.count) else {
            return AuthorizerResponse(isAuthorized: false)
        }
        return try await database.withDeadline(context.cutOff.instant) {
            guard let key = try await keys.find(sha256: Digest.sha256Hex(Array(key.utf8))), key.scopes.contains(.read) else {
                return AuthorizerResponse(isAuthorized: false)
            }
            return AuthorizerResponse(
                isAuthorized: true,
                context: [
                    "key": .string(key.name), "owner": .string(key.owner),
                    "scopes": .string(key.scopes.map(\.rawValue).sorted().joined(separator: " ")),
                ])
        }
    }
}
