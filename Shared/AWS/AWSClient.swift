import Formats
import Glibc
package import HTTP
import Synchronization

/// Signs and sends requests to AWS, and retries them within the retry quota and the deadline. Each attempt is signed anew.
package final class AWSClient: Sendable {
    /// The server's clock minus this machine's in seconds; 0 until a server reports clock skew.
    private let clockOffset = Mutex(Int64(0))
    private let http: HTTPClient
    private let source: CredentialSource
    private let policy: AWSRetryPolicy
    package let quota = AWSRetryQuota()

    package init(_ http: HTTPClient, environment: [String: String], policy: AWSRetryPolicy = AWSRetryPolicy()) {
        self.http = http
        source = CredentialSource(http: http, environment: environment)
        self.policy = policy
    }

    /// Sends a request until it succeeds, fails for good, or may not be retried.
    ///
    /// - Parameters:
    ///   - mayRepeat: whether the request is sent again after a failure without a response, when nobody knows whether the service has it.
    ///   - errorOf: returns the error in a response; nil for a successful response.
    package func send(
        _ request: HTTPRequest, service: String, region: String, deadline: ContinuousClock.Instant, mayRepeat: Bool = true,
        error errorOf: @Sendable (HTTPResponse) -> AWSError?
    ) async throws(AWSError) -> HTTPResponse {
        var retries = 0
        var cost: Int?
        var hasSetClock = false
        while true {
            let credentials = try await source.current(deadline: deadline)
            let signer = SigV4Signer(credentials, region: region, service: service)
            let signed = try signer.sign(request, at: .now(offset: clockOffset.withLock { $0 })).request
            let error: AWSError
            var requested: Duration?
            do throws(HTTPError) {
                let response = try await http.send(signed, deadline: deadline)
                guard let failed = errorOf(response) else {
                    quota.succeeded(afterTaking: cost)
                    return response
                }
                if !hasSetClock, setClock(from: response, because: failed) {
                    hasSetClock = true
                    continue
                }
                requested = response[header: "x-amz-retry-after"].flatMap { Int64($0) }.map { .milliseconds($0) }
                error = failed
            } catch let failure {
                error = AWSError(failure)
                guard mayRepeat || failure.happenedBeforeSending else { throw error }
            }
            retries += 1
            guard error.isRetryable, retries < policy.attempts else { throw error }
            let pause = policy.pause(retry: retries - 1, isThrottled: error.isThrottling, requested: requested, random: .random(in: 0..<1))
            guard .now + pause < deadline, let taken = quota.take(isThrottled: error.isThrottling) else { throw error }
            cost = taken
            guard (try? await Task.sleep(for: pause)) != nil else {
                throw AWSError(HTTPError(.cancelled, "the task was cancelled"))
            }
        }
    }

    /// Adopts the server's clock if the server reports clock skew and the clocks differ by more than four minutes. A HEAD response has no
    /// body for an error code, so an empty 403 counts as skew.
    private func setClock(from response: HTTPResponse, because error: AWSError) -> Bool {
        guard error.code.meansClockSkew || response.status == 403 && response.body.isEmpty,
            let server = response[header: "Date"].flatMap(HTTPDate.seconds)
        else { return false }
        let offset = server - Int64(time(nil))
        return clockOffset.withLock { current in
            guard abs(offset - current) > 240 else { return false }
            current = offset
            return true
        }
    }
}
