/// An HTTP/1.1 and HTTP/2 client on libcurl's multi interface: one thread of its own, connections reused between requests.
///
/// Creating a client costs nothing; libcurl and the thread start with the first request. TLS certificates are always verified.
package final class HTTPClient: Sendable {
    private let loop: TransferLoop

    /// - Parameters:
    ///   - caFile: PEM file of the roots to trust; `nil` takes the platform's.
    ///   - userAgent: sent unless the request has its own.
    package init(caFile: String? = nil, userAgent: String = "bellwether/1") {
        loop = TransferLoop(caFile: caFile, userAgent: userAgent)
    }

    deinit { loop.stop() }

    /// Sends once and waits for the complete response, for the deadline, or for the task's cancellation, whichever comes first.
    package func send(_ request: HTTPRequest, deadline: ContinuousClock.Instant) async throws(HTTPError) -> HTTPResponse {
        var request = request
        var followed = 0
        while true {
            let (response, location) = try await transfer(request, deadline: deadline)
            guard case .sameOrigin(let limit) = request.redirects, let location, [301, 302, 303, 307, 308].contains(response.status),
                request.method == "GET" || request.method == "HEAD"
            else { return response }
            guard let from = WebAddress(request.url), let to = WebAddress(location), from.origin == to.origin else {
                throw HTTPError(.redirectRejected, "a redirect leads away from \(WebAddress(request.url)?.authority ?? "the host")")
            }
            followed += 1
            guard followed <= limit else { throw HTTPError(.redirectRejected, "more than \(limit) redirects at \(from.authority)") }
            request.url = location
        }
    }

    /// Sends a request once and returns the response, whatever its status is.
    ///
    /// - Parameter timeout: the longest time from now to the last byte of the response.
    /// - Throws: `HTTPError`; its kind is `timedOut` when the time is over.
    package func send(_ request: HTTPRequest, timeout: Duration) async throws(HTTPError) -> HTTPResponse {
        try await send(request, deadline: .now + timeout)
    }

    /// Sends a request, and retries it by the policy until the deadline. Returns the last response or throws the last error.
    package func send(
        _ request: HTTPRequest, deadline: ContinuousClock.Instant, retry policy: RetryPolicy
    ) async throws(HTTPError) -> HTTPResponse {
        var attempt = 0
        while true {
            let result = await capture { () async throws(HTTPError) in try await self.send(request, deadline: deadline) }
            var leastPause: Duration?
            switch result {
            case .failure(let failure):
                guard failure.isTransient, request.mayRepeat || failure.happenedBeforeSending else { throw failure }
            case .success(let response):
                guard request.mayRepeat, policy.wantsRetry(response.status) else { return response }
                leastPause = response.retryAfter
                guard leastPause ?? .zero <= policy.longestRetryAfter else { return response }
            }
            guard let pause = policy.pause(retry: attempt, atLeast: leastPause, before: deadline) else { return try result.get() }
            attempt += 1
            guard (try? await Task.sleep(for: pause)) != nil else { throw HTTPError(.cancelled, "the task was cancelled") }
        }
    }

    /// One transfer: its response, and where a redirect would lead.
    private func transfer(
        _ request: HTTPRequest, deadline: ContinuousClock.Instant
    ) async throws(HTTPError) -> (HTTPResponse, location: String?) {
        let transfer = try Transfer(request, deadline: deadline)
        guard !Task.isCancelled else { throw HTTPError(.cancelled, "the task was cancelled") }
        let loop = loop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.continuation = continuation
                loop.submit(transfer)
            }
        } onCancel: {
            loop.cancel(transfer)
        }
        return try result.get()
    }

    private func capture<Value>(_ body: () async throws(HTTPError) -> Value) async -> Result<Value, HTTPError> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
