import Formats
import HTTPServer

/// The sample market on a loopback port: `GET /v8/finance/chart/{symbol}` in the shape of Yahoo's chart v8.
package struct ChartServer: Sendable {
    private static let path = "/v8/finance/chart/"

    private let listener: HTTPListener
    package var port: Int { listener.port }

    /// Opens the port (0: any free one) and serves until `stop`.
    package static func start(_ market: SampleMarketService, port: Int = 0) async throws -> ChartServer {
        let handler = ServerHandler(bodyLimit: 1 << 20, tooLargeResponse: ServerResponse(status: 413)) { respond(market, $0) }
        return ChartServer(listener: try await HTTPListener.start(port: port, handler: handler))
    }

    /// Closes the port and waits until it is closed.
    package func stop() async { await listener.stop() }

    private static func respond(_ market: SampleMarketService, _ request: ServerRequest) -> ServerResponse {
        let symbol = request.path.dropFirst(path.count)
        guard request.method == "GET", request.path.hasPrefix(path), !symbol.isEmpty, !symbol.contains("/") else {
            return ServerResponse(status: 404)
        }
        let response =
            ChartQuery(request.parameter).map { market.response(symbol: PercentEncoding.decodedText(symbol), $0) }
            ?? ChartResponse.error(400, "Bad Request", "Invalid input - period1 and period2 are Unix seconds")
        return ServerResponse(
            status: response.status, headers: [("content-type", "application/json;charset=utf-8")], body: Array(response.body.utf8))
    }
}
