import Clients
import FoundationEssentials
package import LambdaEvents
package import LambdaRuntime
import Logging
import Postgres
import Store

/// Serves the web page and the read-only API; writes nothing.
package struct Dashboard: Function {
    let database: Database
    let files: StaticFiles
    let precedence: SourcePrecedence

    package init(_ environment: [String: String]) async throws {
        database = try await FunctionClients(environment).database
        precedence = try SourcePrecedence(environment: environment)
        files = StaticFiles(folder: (environment["LAMBDA_TASK_ROOT"] ?? ".") + "/web")
    }

    package func handle(_ request: HTTPAPIRequest, _ context: Context) async throws -> HTTPAPIResponse {
        do {
            try request.checkParameters()
            return try await database.withDeadline(min(context.cutOff.instant, .now + .seconds(20))) {
                switch Endpoint(request) {
                case .file: try files.response(to: request)
                case .health: try await health()
                case .symbols: try await symbols(request)
                case .bars(let symbol): try await bars(of: symbol, request)
                case .evaluation: try await evaluation(request)
                case .models: try await models(request)
                case .dataStatus: try await dataStatus(request)
                case .quarantine: try await quarantine(request)
                case .projectionResult: try await projectionResult(request)
                }
            }
        } catch let problem as ProblemDetails {
            return HTTPAPIResponse(problem)
        } catch let error as PostgresError {
            context.logger.error("The database cannot be used", metadata: ["error": "\(error)"])
            return HTTPAPIResponse(.unavailable)
        }
    }

    private enum Endpoint {
        case file, health, symbols, evaluation, models, dataStatus, quarantine, projectionResult
        case bars(String)

        init(_ request: HTTPAPIRequest) {
            let parts = request.rawPath.split(separator: "/").map(String.init)
            self =
                switch (parts.first, parts.count > 1 ? parts[1] : nil, parts.count) {
                case ("v1", "health", 2): .health
                case ("v1", "symbols", 2): .symbols
                case ("v1", "evaluation", 2): .evaluation
                case ("v1", "models", 2): .models
                case ("v1", "data", 3) where parts[2] == "status": .dataStatus
                case ("v1", "data", 3) where parts[2] == "quarantine": .quarantine
                case ("v1", "data", 3) where parts[2] == "response": .projectionResult
                case ("v1", "bars", 3): .bars(request.pathParameters?["symbol"] ?? parts[2])
                default: .file
                }
        }
    }

    /// Whether the database responds and has the schema of this code.
    private func health() async throws -> HTTPAPIResponse {
        struct Health: Encodable { let status = "ok", schema = Schema.version }
        _ = try await database.query("SELECT 1")
        return try HTTPAPIResponse(json: Health(), headers: ["cache-control": "no-store"])
    }
}
