import Synchronization
import Testing

@testable import HTTPServer

/// A server under test and what it was asked.
final class TestServer: Sendable {
    let port: Int
    let listener: HTTPListener
    private let requests: RequestLog

    /// The paths of the requests that reached the handler.
    var paths: [String] { requests.all.map(\.path) }

    init(
        limits: ServerLimits = ServerLimits(), bodyLimit: Int = 1 << 20, tooLarge: ServerResponse = ServerResponse(status: 413),
        respond: @escaping @Sendable (ServerRequest) async -> ServerResponse
    ) async throws {
        let requests = RequestLog()
        self.requests = requests
        let handler = ServerHandler(bodyLimit: bodyLimit, tooLargeResponse: tooLarge) { request in
            requests.add(request)
            return await respond(request)
        }
        listener = try await HTTPListener.start(port: 0, limits: limits, handler: handler)
        port = listener.port
    }

    /// A server whose handler responds on the connection's event loop.
    init(handler: ServerHandler) async throws {
        requests = RequestLog()
        listener = try await HTTPListener.start(port: 0, handler: handler)
        port = listener.port
    }

    /// Runs the body and stops the server whatever the body does.
    @discardableResult func run<T>(_ body: (TestServer) async throws -> T) async throws -> T {
        do {
            let value = try await body(self)
            await listener.stop()
            return value
        } catch {
            await listener.stop()
            throw error
        }
    }

    func client() throws -> RawClient { try RawClient(port: port) }
}

extension TestServer {
    /// Responds with the request's path as text.
    static func echo(limits: ServerLimits = ServerLimits(), bodyLimit: Int = 1 << 20) async throws -> TestServer {
        try await TestServer(limits: limits, bodyLimit: bodyLimit) { ServerResponse(status: 200, body: Array($0.path.utf8)) }
    }
}

/// The requests that a handler has received.
final class RequestLog: Sendable {
    private let requests = Mutex<[ServerRequest]>([])

    var all: [ServerRequest] { requests.withLock { $0 } }
    func add(_ request: ServerRequest) { requests.withLock { $0.append(request) } }
}

/// Something that a test waits for.
final class Signal: Sendable {
    private let state = Mutex<(isGiven: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    var isGiven: Bool { state.withLock { $0.isGiven } }

    func give() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isGiven = state.withLock { state in
                if !state.isGiven { state.waiting.append(continuation) }
                return state.isGiven
            }
            if isGiven { continuation.resume() }
        }
    }

    /// Whether the signal is given before the time is over.
    func isGiven(within time: Duration) async -> Bool {
        let end = ContinuousClock.now + time
        while !isGiven, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(5)) }
        return isGiven
    }
}
