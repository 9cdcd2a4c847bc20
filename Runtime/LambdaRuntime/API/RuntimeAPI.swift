/// Lambda's Runtime API, 2018-06-01, spoken over one connection that is opened when needed.
struct RuntimeAPI: ~Copyable {
    private let address: RuntimeAddress
    private let acknowledgement: Duration
    private let nextRequest: [UInt8]
    private var connection: RuntimeAPIConnection?

    /// - Parameter acknowledgement: how long each piece of an acknowledgement may take.
    init(_ address: RuntimeAddress, acknowledgement: Duration) {
        self.address = address
        self.acknowledgement = acknowledgement
        nextRequest = Self.head("GET", "invocation/next", address) + [0x0d, 0x0a]
    }

    /// Waits for the next invocation, however long it takes. The call also ends the last invocation.
    mutating func next() throws(NetworkError) -> RuntimeAPIResponse { try exchange(nextRequest, patience: nil) }

    mutating func respond(_ response: EncodedResponse, request: String) throws(NetworkError) -> HTTPStatus {
        try post("invocation/\(request)/response", response.contentType, errorType: nil, response.body)
    }

    /// - Parameter request: the failed invocation, or `nil` for an init error.
    mutating func report(_ error: ErrorReport, request: String?) throws(NetworkError) -> HTTPStatus {
        try post(request.map { "invocation/\($0)/error" } ?? "init/error", "application/json", errorType: error.type, error.body)
    }

    private mutating func post(_ path: String, _ type: String, errorType: String?, _ body: [UInt8]) throws(NetworkError) -> HTTPStatus {
        var bytes = Self.head("POST", path, address)
        bytes.reserveCapacity(bytes.count + body.count + 256)
        bytes += "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n".utf8
        if let errorType { bytes += "Lambda-Runtime-Function-Error-Type: \(errorType)\r\n".utf8 }
        bytes += [0x0d, 0x0a]
        bytes += body
        return try exchange(bytes, patience: acknowledgement).status
    }

    /// A failure on a connection that was idle is tried once more on a fresh one: the peer may have closed it long ago.
    private mutating func exchange(_ request: [UInt8], patience: Duration?) throws(NetworkError) -> RuntimeAPIResponse {
        if var open = connection.take(), open.isReused {
            do throws(NetworkError) {
                let response = try open.exchange(request, patience: patience)
                if response.keepsAlive { connection = consume open }
                return response
            } catch {
                guard error == .closed else { throw error }
            }
        }
        var fresh = try RuntimeAPIConnection.open(address)
        let response = try fresh.exchange(request, patience: patience)
        if response.keepsAlive { connection = consume fresh }
        return response
    }

    private static func head(_ method: String, _ path: String, _ address: RuntimeAddress) -> [UInt8] {
        let target = "\(address.prefix)/2018-06-01/runtime/\(path)"
        return Array("\(method) \(target) HTTP/1.1\r\nHost: \(address.authority)\r\nUser-Agent: bellwether/1\r\n".utf8)
    }
}
