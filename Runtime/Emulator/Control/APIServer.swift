import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The server of the api port: Invoke API, control endpoints and hooks.
struct APIServer: Sendable {
    /// What one request may bring: a synchronous payload and room for its envelope.
    static let bodyLimit = EnvironmentPool.payloadLimit + (1 << 20)

    let port: Int
    private let task: Task<Void, Never>

    /// Opens the port on loopback (0: any) and serves until `stop`. Throws when the port cannot be had.
    static func start(port: Int, routes: @escaping @Sendable () -> [Route]) async throws -> APIServer {
        var logger = Logger(label: "api")
        logger.logLevel = .critical
        let (started, announce) = AsyncThrowingStream.makeStream(of: Int.self)
        let responder = CallbackResponder<BasicRequestContext> { request, _ in await respond(to: request, routes: routes()) }
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "bellwether"),
            onServerRunning: { announce.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let task = Task {
            do {
                try await application.runService(gracefulShutdownSignals: [])
                announce.finish()
            } catch {
                announce.finish(throwing: APIServerFailure(description: "cannot serve on 127.0.0.1:\(port): \(error)"))
            }
        }
        for try await port in started { return APIServer(port: port, task: task) }
        throw APIServerFailure(description: "the api server ended before it began")
    }

    func stop() async {
        task.cancel()
        await task.value
    }

    private static func respond(to request: Request, routes: [Route]) async -> Response {
        let uri = request.uri
        var call = APIRequest(method: request.method.rawValue, path: uri.path, query: [:], headers: [:], body: [])
        for item in uri.queryParameters { call.query[String(item.key)] = String(item.value) }
        for field in request.headers where call.headers[field.name.canonicalName] == nil {
            call.headers[field.name.canonicalName] = field.value
        }
        guard let body = try? await request.body.collect(upTo: bodyLimit) else {
            return response(InvokeError.tooLarge(limit: EnvironmentPool.payloadLimit).response)
        }
        call.body = [UInt8](body.readableBytesView)
        guard let route = routes.first(where: { $0.matches(call) }) else {
            return response(InvokeError.notFound("\(call.method) \(call.path) is not served here").response)
        }
        return response(await route.handle(call))
    }

    private static func response(_ answer: APIResponse) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        let body: ResponseBody =
            switch answer.body {
            case .bytes(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            case .stream(let chunks): ResponseBody(asyncSequence: chunks.map { ByteBuffer(bytes: $0) })
            }
        return Response(status: .init(code: answer.status), headers: headers, body: body)
    }
}

/// The api port could not be opened or served.
package struct APIServerFailure: Error, CustomStringConvertible {
    package let description: String
}
