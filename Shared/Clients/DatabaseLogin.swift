import AWS
import FoundationEssentials
import HTTP
import Postgres

/// Finds the password with which a function logs in to the database: an IAM token, a secret, or none.
///
/// A password is never in a URL, and in AWS never in the environment.
struct DatabaseLogin: Sendable {
    private struct SecretDocument: Decodable { let password: String }

    private let environment: [String: String]
    private let http: HTTPClient
    private let credentials: CredentialSource

    init(_ environment: [String: String], _ http: HTTPClient) {
        self.environment = environment
        self.http = http
        credentials = CredentialSource(http: http, environment: environment)
    }

    /// The current password: with `DATABASE_LOGIN=iam` a new IAM token, which is good for logins of the next 15 minutes; else the secret that
    /// `DATABASE_SECRET_ID` names (text, or JSON with a `password`); else `PGPASSWORD`; else none.
    ///
    /// - Throws: `AWSError` if there are no credentials or the secret cannot be read.
    func password(for settings: DatabaseSettings) async throws(AWSError) -> String? {
        if environment["DATABASE_LOGIN"] == "iam" { return try await token(settings) }
        guard let id = environment["DATABASE_SECRET_ID"], !id.isEmpty else { return environment["PGPASSWORD"] }
        let text = try await SecretsClient(http, environment: environment).secret(id)
        guard text.first == "{" else { return text }
        guard let document = try? JSONDecoder().decode(SecretDocument.self, from: Data(text.utf8)) else {
            throw AWSError(.unreadableResponse, "the database's secret has no \"password\"")
        }
        return document.password
    }

    private func token(_ settings: DatabaseSettings) async throws(AWSError) -> String {
        guard let host = settings.host, let user = settings.user, let region = environment["AWS_REGION"] else {
            throw AWSError(.invalidRequest, "an IAM token needs the database's host, a user and AWS_REGION")
        }
        return try RDSToken.make(
            host: host, port: settings.port.flatMap { Int($0) } ?? 5432, user: user, region: region,
            credentials: try await credentials.current(deadline: .now + .seconds(10)), at: .now())
    }
}
