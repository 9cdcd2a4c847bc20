import HTTPServer
import NIOCore

extension ServerResponse {
    /// An error of the Runtime API or the Extensions API.
    static func rejection(_ status: Int, _ type: String, _ message: String) -> ServerResponse {
        ServerResponse(
            status: status, headers: [("Content-Type", "application/json")],
            body: Array(#"{"errorMessage":"\#(message)","errorType":"\#(type)"}"#.utf8))
    }
}

extension ServerConnection {
    /// Sends a response of the Runtime API or the Extensions API: always JSON.
    func reply(_ status: Int, headers: [(String, String)] = [], body: [UInt8]) {
        send(ServerResponse(status: status, headers: [("Content-Type", "application/json")] + headers, body: body))
    }

    func reply(_ status: Int, headers: [(String, String)] = [], text: String) {
        reply(status, headers: headers, body: Array(text.utf8))
    }

    /// Lambda's acknowledgement of a response or an error.
    func acknowledge() { reply(202, text: "{\"status\":\"OK\"}\n") }

    func reject(_ status: Int, _ type: String, _ message: String) { send(.rejection(status, type, message)) }

    /// Opens the loopback port that the processes of one environment call; all connections live on the environment's event loop.
    static func listen(for environment: ExecutionEnvironment, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let environment = NIOLoopBound(environment, eventLoop: loop)
        return HTTPListener.bind(
            on: loop,
            handler: ServerHandler(
                bodyLimit: RuntimeCall.bodyLimit, refusal: { RuntimeCall.refusal(of: $0) }, didClose: { environment.value.closed($0) },
                handle: { environment.value.received(RuntimeCall($0), on: $1) }))
    }
}
