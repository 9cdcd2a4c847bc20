import HTTPTypes
import Hummingbird
package import Logging
import NIOCore

/// The sample market on a loopback port: `GET /v8/finance/chart/{symbol}` in the shape of Yahoo's chart v8.
package struct ChartServer: Sendable {
    /// The port that the server took.
    package let port: Int
    private let running: Task<Void, any Error>

    /// Opens the port (0: any free one) and returns once requests are answered. Throws what the bind throws.
    package static func start(_ market: ChartMarket, port: Int = 0, logger: Logger) async throws -> ChartServer {
        let (ports, opened) = AsyncThrowingStream<Int, any Error>.makeStream()
        let router = Router()
        router.get("/v8/finance/chart/:symbol") { request, context in respond(market, request, context) }
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "bellwether-sample-market"),
            onServerRunning: { channel in opened.yield(channel.localAddress?.port ?? port) }, logger: logger)
        let running = Task {
            do {
                try await app.runService(gracefulShutdownSignals: [])
                opened.finish()
            } catch {
                opened.finish(throwing: error)
                throw error
            }
        }
        for try await port in ports { return ChartServer(port: port, running: running) }
        throw CancellationError()
    }

    /// Closes the port and waits until it is closed.
    package func stop() async {
        running.cancel()
        _ = await running.result
    }

    private static func respond(_ market: ChartMarket, _ request: Request, _ context: BasicRequestContext) -> Response {
        let query = request.uri.queryParameters
        let symbol = context.parameters.get("symbol") ?? ""
        let answer =
            ChartQuery { name in query[name[...]].map(String.init) }.map { market.answer(symbol: symbol, $0) }
            ?? ChartAnswer.refusal(400, "Bad Request", "Invalid input - period1 and period2 are Unix seconds")
        return Response(
            status: .init(code: answer.status), headers: [.contentType: "application/json;charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: answer.body)))
    }
}
