import Formats
import Foundation
import HTTPServer

/// The routes of the Lambda API: invoke a function, describe one, list all.
struct InvokeRoutes: Sendable {
    static let prefix = "/2015-03-31/functions/"
    static let asyncPayloadLimit = 1024 * 1024

    let functions: [String: FunctionDefinition]
    let arn: @Sendable (String) -> String
    let run: @Sendable (Invocation, _ requestID: String) async throws(InvocationError) -> InvocationResult
    let accept: @Sendable (AsyncEvent) async throws -> Void

    var routes: [ControlRoute] {
        [
            ControlRoute("POST", Self.prefix) { await respond($0, invoke) },
            ControlRoute("GET", Self.prefix) { await respond($0, describe) },
            ControlRoute("GET", "/2015-03-31/functions") { _ in list },
        ]
    }

    private func respond(
        _ request: ServerRequest, _ body: (ServerRequest, _ requestID: String) async throws(LambdaAPIError) -> ServerResponse
    ) async -> ServerResponse {
        let requestID = UUID().uuidString.lowercased()
        var response: ServerResponse
        do throws(LambdaAPIError) {
            response = try await body(request, requestID)
        } catch {
            response = error.response
        }
        response.headers.append(("x-amzn-RequestId", requestID))
        return response
    }

    private var list: ServerResponse {
        .json(FunctionList(functions: functions.values.sorted { $0.name < $1.name }.map { FunctionDescription($0, arn: arn($0.name)) }))
    }

    /// The function in the path, and the rest of the path after its name.
    private func function(_ request: ServerRequest) throws(LambdaAPIError) -> (FunctionDefinition, rest: Substring) {
        let tail = request.path.dropFirst(Self.prefix.count)
        let segment = tail.prefix { $0 != "/" }
        guard let reference = FunctionReference(pathSegment: segment) else {
            throw .invalidParameter("\(segment) is not a function name or ARN")
        }
        let qualifier = reference.qualifier ?? request.parameter("Qualifier")
        guard let function = functions[reference.name], qualifier == nil || qualifier == "$LATEST" else {
            throw .notFound("Function not found: \(arn(reference.name))\(qualifier.map { ":\($0)" } ?? "")")
        }
        return (function, tail.dropFirst(segment.count))
    }

    private func describe(_ request: ServerRequest, _ requestID: String) throws(LambdaAPIError) -> ServerResponse {
        if request.path == Self.prefix { return list }
        let (function, rest) = try function(request)
        let description = FunctionDescription(function, arn: arn(function.name))
        return switch rest {
        case "":
            .json(FunctionDetail(configuration: description, concurrency: function.reservedConcurrency.map { .init(reserved: $0) }))
        case "/configuration": .json(description)
        default: throw .notFound("\(request.path) is not served here")
        }
    }

    private func invoke(_ request: ServerRequest, _ requestID: String) async throws(LambdaAPIError) -> ServerResponse {
        let (function, rest) = try function(request)
        guard rest == "/invocations" else { throw .notFound("\(request.path) is not served here") }
        let payload = request.body.isEmpty ? [UInt8]("{}".utf8) : request.body
        let type = request.header("x-amz-invocation-type") ?? "RequestResponse"
        let limit = type == "Event" ? Self.asyncPayloadLimit : EnvironmentPool.payloadLimit
        guard payload.count <= limit else { throw .tooLarge(limit: limit) }
        guard JSONDocument.isValid(payload) else {
            throw .invalidContent("Could not parse request body into json: the payload is not JSON")
        }
        switch type {
        case "RequestResponse": return try await invokeNow(request, function, payload, requestID)
        case "DryRun": return ServerResponse(status: 204)
        case "Event":
            do {
                try await accept(
                    AsyncEvent(
                        id: AsyncEvent.apiPrefix + requestID, function: function.name, payload: payload,
                        traceID: request.header("x-amzn-trace-id"), tenantID: request.header("x-amz-tenant-id")))
            } catch {
                throw LambdaAPIError(status: 500, type: "ServiceException", message: String(describing: error))
            }
            return ServerResponse(status: 202)
        default: throw .invalidParameter("\(type) is not an invocation type")
        }
    }

    private func invokeNow(
        _ request: ServerRequest, _ function: FunctionDefinition, _ payload: [UInt8], _ requestID: String
    ) async throws(LambdaAPIError) -> ServerResponse {
        var invocation = Invocation(function: function.name, payload: payload)
        if let context = request.header("x-amz-client-context") {
            guard let data = Data(base64Encoded: context), JSONDocument.memberNames(Array(data)) != nil else {
                throw .invalidContent("Client context must be a valid Base64-encoded JSON object.")
            }
            invocation.clientContext = String(decoding: data, as: UTF8.self)
        }
        invocation.traceID = request.header("x-amzn-trace-id")
        invocation.tenantID = request.header("x-amz-tenant-id")
        let result: InvocationResult
        do throws(InvocationError) {
            result = try await run(invocation, requestID)
        } catch {
            throw LambdaAPIError(error, arn: arn)
        }
        var response = ServerResponse(
            status: 200, headers: [("Content-Type", "application/json"), ("X-Amz-Executed-Version", "$LATEST")], body: result.payload)
        if let functionError = result.functionError { response.headers.append(("X-Amz-Function-Error", functionError)) }
        if request.header("x-amz-log-type") == "Tail" {
            response.headers.append(("X-Amz-Log-Result", Data(result.logTail).base64EncodedString()))
        }
        return response
    }
}
