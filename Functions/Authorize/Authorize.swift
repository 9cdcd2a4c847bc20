import AWS
import Clients
import Formats
import FoundationEssentials
package import LambdaEvents
package import LambdaRuntime
import Logging
import Postgres
import Store
import Telemetry

/// The HTTP API's Lambda authorizer: checks the API key of a request against the stored SHA-256 hashes.
///
/// A key that is revoked or has expired is refused at once; the API asks again after five seconds (`ReauthorizeEvery`). Each failed sign-in
/// is logged with its source address and the failures of that source in the minute, and counted by the metric `FailedSignIns`. An API that
/// remembers a refusal does not ask again, so these are the failures of one execution environment that reached it.
package struct Authorize: Function {
    let keys: APIKeys
    let database: Database
    let metrics = InvocationMetrics(function: "Authorize")
    let failures = FailureCounter()

    package init(_ environment: [String: String]) async throws {
        database = try await FunctionClients(environment).database
        keys = APIKeys(database)
    }

    package func handle(_ request: AuthorizerRequest, _ context: Context) async throws -> AuthorizerResponse {
        guard let key = try await key(of: request, context) else {
            recordFailure(of: request, context)
            return AuthorizerResponse(isAuthorized: false)
        }
        return AuthorizerResponse(
            isAuthorized: true,
            context: [
                "key": .string(key.name), "owner": .string(key.owner),
                "scopes": .string(key.scopes.map(\.rawValue).sorted().joined(separator: " ")),
            ])
    }

    /// The registered key with which a request may read; nil if it has none.
    private func key(of request: AuthorizerRequest, _ context: Context) async throws -> APIKey? {
        guard let key = request.header("x-api-key"), (1...256).contains(key.utf8.count) else { return nil }
        return try await database.withDeadline(context.cutOff.instant) {
            try await keys.find(sha256: Digest.sha256Hex(Array(key.utf8))).flatMap { $0.scopes.contains(.read) ? $0 : nil }
        }
    }

    private func recordFailure(of request: AuthorizerRequest, _ context: Context) {
        let microseconds = WallClock.microseconds()
        let (source, count) = failures.withLock {
            $0.add(from: request.requestContext?.http?.sourceIp, at: microseconds / 1_000_000)
        }
        context.logger.warning("A sign-in failed", metadata: ["source": "\(source)", "failures_in_minute": "\(count)"])
        metrics.report(["FailedSignIns": 1], milliseconds: microseconds / 1000)
    }
}
