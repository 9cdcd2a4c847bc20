import Formats
import FoundationEssentials
package import HTTP

/// Calls Lambda functions.
package final class LambdaClient: Sendable {
    /// Whether Lambda responds when the function has finished, when the event is queued, or without an invocation.
    package enum InvocationType: String, Sendable, Hashable {
        case requestResponse = "RequestResponse"
        /// Queued by Lambda; at most 1 MB.
        case event = "Event"
        /// Checks permission and parameters only.
        case dryRun = "DryRun"
    }

    /// The response of an invocation. A function that failed has status 200 and a `functionError`.
    package struct Response: Sendable {
        /// 200, 202 for an event, 204 for a dry run.
        package let status: Int
        /// The function's JSON, or the JSON of its error.
        package let payload: [UInt8]
        /// `Handled` or `Unhandled`; `nil` when the function succeeded.
        package let functionError: String?
        /// The last 4 KB of the log, when requested.
        package let logTail: String?
        package let executedVersion: String?
    }

    private let endpoint: AWSEndpoint
    private let client: AWSClient

    /// - Parameter environment: `AWS_REGION`, `AWS_ENDPOINT_URL_LAMBDA` or `AWS_ENDPOINT_URL`, and the credentials.
    package init(_ http: HTTPClient, environment: [String: String], policy: AWSRetryPolicy = AWSRetryPolicy()) {
        endpoint = AWSEndpoint(service: "lambda", variable: "LAMBDA", environment)
        client = AWSClient(http, environment: environment, policy: policy)
    }

    /// A client with an HTTP client of its own, which trusts the certificates that `CertificateFile` finds.
    package convenience init(environment: [String: String]) {
        self.init(HTTPClient(caFile: CertificateFile.find(environment)), environment: environment)
    }

    /// Invokes a function, and retries by the client's policy until the deadline.
    ///
    /// An event is not sent again after its connection broke, when nobody knows whether Lambda has queued it.
    ///
    /// - Parameters:
    ///   - function: a name, a partial or a whole ARN.
    ///   - qualifier: a version or an alias.
    package func invoke(
        _ function: String, payload: [UInt8], type: InvocationType = .requestResponse, qualifier: String? = nil, wantsLogTail: Bool = false,
        deadline: ContinuousClock.Instant = .now + .seconds(900)
    ) async throws(AWSError) -> Response {
        let query = qualifier.map { "?Qualifier=\(PercentEncoding.encode($0))" } ?? ""
        let url = "\(endpoint.url)/2015-03-31/functions/\(PercentEncoding.encode(function))/invocations\(query)"
        var headers: [(name: String, value: String)] = [("Content-Type", "application/json"), ("X-Amz-Invocation-Type", type.rawValue)]
        if wantsLogTail { headers.append(("X-Amz-Log-Type", "Tail")) }
        let request = HTTPRequest(
            "POST", url, headers: headers, body: payload, acceptsCompression: false, needsNewConnection: type == .event)
        let response = try await client.send(
            request, service: "lambda", region: endpoint.region, deadline: deadline, mayRepeat: type != .event, error: JSONErrorResponse.of)
        let tail = response[header: "X-Amz-Log-Result"].flatMap { Digest.bytes(base64: $0) }
        return Response(
            status: response.status, payload: response.body, functionError: response[header: "X-Amz-Function-Error"],
            logTail: tail.map { String(decoding: $0, as: UTF8.self) }, executedVersion: response[header: "X-Amz-Executed-Version"])
    }

    /// Queues an event for a function, as JSON.
    ///
    /// When the connection breaks after the event was sent, the call fails and the event is not sent again. The caller's own invocation then
    /// fails and is retried by Lambda, which delivers events at least once. So every handler has the same effect when it is called twice with
    /// one event.
    package func enqueue(
        _ event: some Encodable, to function: String, deadline: ContinuousClock.Instant
    ) async throws {
        _ = try await invoke(function, payload: Array(try JSONEncoder().encode(event)), type: .event, deadline: deadline)
    }
}
