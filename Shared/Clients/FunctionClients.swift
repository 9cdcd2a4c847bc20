package import AWS
package import HTTP
package import Postgres
import Store

/// The clients that a function makes at its start, from its environment.
package struct FunctionClients: Sendable {
    /// Trusts the bundle's root certificates, or else the platform's.
    package let http: HTTPClient
    package let database: Database
    private let environment: [String: String]

    /// - Parameter check: what each new connection to the database must pass.
    /// - Throws: `AWSError` if the database's password cannot be read, `PostgresError` if `DATABASE_URL` cannot be used.
    package init(_ environment: [String: String], check: ConnectionCheck? = Schema.check) async throws {
        self.environment = environment
        let authorities = CertificateFile.find(environment)
        let http = HTTPClient(caFile: authorities)
        self.http = http
        var settings = try DatabaseSettings.fromEnvironment(environment, authorities: authorities)
        let login = DatabaseLogin(environment, http)
        settings.password = try await login.password(for: settings)
        database = Database(settings, check: check) { settings in try? await login.password(for: settings) }
    }

    /// A client of the object store. It retries for long: a function has nothing else to do while its objects cannot be reached.
    package var s3: S3Client { S3Client(http, environment: environment, policy: .patient) }

    package var lambda: LambdaClient { LambdaClient(http, environment: environment) }
}
