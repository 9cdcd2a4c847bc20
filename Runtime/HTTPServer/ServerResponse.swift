/// One HTTP response. The server sets the headers that frame the body and those of the connection.
package struct ServerResponse: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Sent chunk by chunk; the next chunk is taken once the client's connection has accepted the last one.
        case stream(AsyncStream<[UInt8]>)
    }

    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Body

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = .bytes(body)
    }

    package init(status: Int, headers: [(name: String, value: String)] = [], stream: AsyncStream<[UInt8]>) {
        self.status = status
        self.headers = headers
        body = .stream(stream)
    }
}
