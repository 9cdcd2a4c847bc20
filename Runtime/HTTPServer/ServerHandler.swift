/// How a server treats requests. All closures run on the event loop of the request's connection, unless they say otherwise.
package struct ServerHandler: Sendable {
    /// The most bytes of a body that a request with these headers (names in lower case) may have.
    package var bodyLimit: @Sendable (_ headers: [(name: String, value: String)]) -> Int
    /// The response to a longer body, after which the connection is closed. Without one the request is handled without its body.
    package var tooLargeResponse: ServerResponse?
    /// Decides by the head of a request, whose body is still empty: a response ends the request before its body is read, and its
    /// connection after that.
    package var refusal: @Sendable (ServerRequest) -> ServerResponse?
    /// Handles a complete request. Every request needs one response, now or later.
    package var handle: @Sendable (ServerRequest, ServerConnection) -> Void
    /// Learns that a connection has ended.
    package var didClose: @Sendable (ServerConnection) -> Void

    package init(
        bodyLimit: @escaping @Sendable (_ headers: [(name: String, value: String)]) -> Int, tooLargeResponse: ServerResponse? = nil,
        refusal: @escaping @Sendable (ServerRequest) -> ServerResponse? = { _ in nil },
        didClose: @escaping @Sendable (ServerConnection) -> Void = { _ in },
        handle: @escaping @Sendable (ServerRequest, ServerConnection) -> Void
    ) {
        self.bodyLimit = bodyLimit
        self.tooLargeResponse = tooLargeResponse
        self.refusal = refusal
        self.didClose = didClose
        self.handle = handle
    }

    /// A handler that makes each response in a task of its own, away from the event loop: it may compute for long.
    package init(
        bodyLimit: Int, tooLargeResponse: ServerResponse, refusal: @escaping @Sendable (ServerRequest) -> ServerResponse? = { _ in nil },
        respond: @escaping @Sendable (ServerRequest) async -> ServerResponse
    ) {
        self.init(bodyLimit: { _ in bodyLimit }, tooLargeResponse: tooLargeResponse, refusal: refusal) { request, connection in
            let responder = connection.responder
            Task { responder.send(await respond(request)) }
        }
    }
}
