import FoundationEssentials
package import HTTP

/// Finds the password of the database: in AWS a secret, elsewhere an environment variable, never a part of the URL.
package enum DatabasePassword {
    private struct Document: Decodable { let password: String }

    /// The secret of `DATABASE_SECRET_ARN` (text, or JSON with a `password`), else `PGPASSWORD`, else nil.
    ///
    /// - Throws: `AWSError` when the secret cannot be read.
    package static func find(_ environment: [String: String], _ http: HTTPClient) async throws(AWSError) -> String? {
        guard let id = environment["DATABASE_SECRET_ARN"], !id.isEmpty else { return environment["PGPASSWORD"] }
        let text = try await SecretsClient(http, environment: environment).secret(id)
        guard text.first == "{" else { return text }
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(text.utf8)) else {
            throw AWSError(.unreadableResponse, "the database's secret has no \"password\"")
        }
        return document.password
    }
}
