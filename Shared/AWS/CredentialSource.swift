import Formats
import FoundationEssentials
import Glibc
package import HTTP

/// Finds credentials: the keys in the environment, else the response of the endpoint in `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
package actor CredentialSource {
    private struct CredentialsDocument: Decodable {
        let accessKeyId: String
        let secretAccessKey: String
        let token: String?
        let expiration: String?

        enum CodingKeys: String, CodingKey {
            case accessKeyId = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case token = "Token"
            case expiration = "Expiration"
        }
    }

    private let http: HTTPClient
    private let environment: [String: String]
    private var fetched: (credentials: Credentials, goodUntil: Int64)?

    package init(http: HTTPClient, environment: [String: String]) {
        self.http = http
        self.environment = environment
    }

    /// The current credentials. Fetched ones are cached until five minutes before they expire.
    package func current(deadline: ContinuousClock.Instant) async throws(AWSError) -> Credentials {
        guard environment["AWS_ACCESS_KEY_ID"] == nil, let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else {
            return try .fromEnvironment(environment)
        }
        if let fetched, fetched.goodUntil - 300 > Int64(time(nil)) { return fetched.credentials }
        guard let address = WebAddress(url), address.scheme == "https" || Self.isContainerHost(address) else {
            throw AWSError(.missingCredentials, "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https or a container's own address")
        }
        var headers: [(name: String, value: String)] = [("Accept", "application/json")]
        if let token = authorization { headers.append(("Authorization", token)) }
        do throws(HTTPError) {
            let request = HTTPRequest("GET", url, headers: headers, maximumBytes: 1 << 20)
            let response = try await http.send(request, deadline: min(deadline, .now + .seconds(5)), retry: RetryPolicy())
            guard response.status == 200, let document = try? JSONDecoder().decode(CredentialsDocument.self, from: Data(response.body))
            else {
                throw HTTPError(.broken, "the credentials endpoint responded with HTTP \(response.status)")
            }
            let credentials = Credentials(
                accessKey: document.accessKeyId, secretKey: document.secretAccessKey, sessionToken: document.token)
            fetched = (credentials, document.expiration.flatMap { SigningTime($0)?.seconds } ?? .max)
            return credentials
        } catch {
            throw AWSError(.missingCredentials, error.description, transport: error)
        }
    }

    private var authorization: String? {
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], let data = try? Data(contentsOf: URL(filePath: path)) {
            return CanonicalRequest.collapsed(String(decoding: data, as: UTF8.self))
        }
        return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    }

    private static func isContainerHost(_ address: WebAddress) -> Bool {
        address.isLoopback || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(address.host)
    }
}
