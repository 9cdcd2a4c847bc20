import FoundationEssentials
package import HTTP

/// Reads secrets from Secrets Manager.
package final class SecretsClient: Sendable {
    private struct SecretRequest: Encodable {
        let secretId: String
        enum CodingKeys: String, CodingKey { case secretId = "SecretId" }
    }

    private struct SecretDocument: Decodable {
        let text: String?
        let binary: String?

        enum CodingKeys: String, CodingKey {
            case text = "SecretString"
            case binary = "SecretBinary"
        }
    }

    private let endpoint: AWSEndpoint
    private let client: AWSClient

    /// - Parameter environment: `AWS_REGION`, `AWS_ENDPOINT_URL_SECRETS_MANAGER` or `AWS_ENDPOINT_URL`, and the credentials.
    package init(_ http: HTTPClient, environment: [String: String], policy: AWSRetryPolicy = AWSRetryPolicy()) {
        endpoint = AWSEndpoint(service: "secretsmanager", variable: "SECRETS_MANAGER", environment)
        client = AWSClient(http, environment: environment, policy: policy)
    }

    /// The current value of a secret as text. A binary value must be UTF-8.
    ///
    /// - Parameter id: the secret's name or ARN.
    package func secret(_ id: String, deadline: ContinuousClock.Instant = .now + .seconds(10)) async throws(AWSError) -> String {
        guard let body = try? JSONEncoder().encode(SecretRequest(secretId: id)) else {
            throw AWSError(.invalidRequest, "the id is no text")
        }
        let headers: [(name: String, value: String)] = [
            ("X-Amz-Target", "secretsmanager.GetSecretValue"), ("Content-Type", "application/x-amz-json-1.1"),
        ]
        let request = HTTPRequest("POST", endpoint.url + "/", headers: headers, body: Array(body), maximumBytes: 1 << 20)
        let response = try await client.send(
            request, service: "secretsmanager", region: endpoint.region, deadline: deadline, error: JSONErrorResponse.of)
        guard let document = try? JSONDecoder().decode(SecretDocument.self, from: Data(response.body)) else {
            throw AWSError(.unreadableResponse, "GetSecretValue did not respond with JSON", status: response.status)
        }
        if let text = document.text { return text }
        guard let bytes = document.binary.flatMap({ Digest.bytes(base64: $0) }), let text = String(validating: bytes, as: UTF8.self) else {
            throw AWSError(.unreadableResponse, "the secret is no text", status: response.status)
        }
        return text
    }
}
