import AWS
import Formats
import FoundationEssentials
import HTTP
package import LambdaEvents
package import LambdaRuntime
import Postgres
import Store

/// The HTTP API's Lambda authorizer: checks the API key of a request against the stored SHA-256 hashes.
package struct Authorize: Function {
    let keys: APIKeys
    let database: Database

    package init(_ environment: [String: String]) async throws {
        let authorities = CertificateFile.find(environment)
        let password = try await DatabasePassword.find(environment, HTTPClient(caFile: authorities))
        database = Database(try .fromEnvironment(environment, password: password, authorities: authorities), check: Schema.check)
        keys = APIKeys(database)
    }

    package func handle(_ request: AuthorizerRequest, _ context: Context) async throws -> AuthorizerResponse {
        guard let key = request.header("x-api-key"), (1...256).contains(key.utf8.count) else {
            return AuthorizerResponse(isAuthorized: false)
        }
        return try await database.withDeadline(context.cutOff.instant) {
            guard let name = try await keys.name(sha256: Digest.sha256(Array(key.utf8))) else {
                return AuthorizerResponse(isAuthorized: false)
            }
            return AuthorizerResponse(isAuthorized: true, context: ["key": .string(name)])
        }
    }
}
