import AWS
import HTTP
import Postgres
import TestSupport
import Testing

@testable import Clients

@Suite struct DatabaseLoginTests {
    private let settings = try! DatabaseSettings("postgres://db.example.com:5433/bellwether", user: "bellwether_ingest")

    private func password(_ environment: [String: String]) async throws -> String? {
        try await DatabaseLogin(environment, HTTPClient(caFile: nil)).password(for: settings)
    }

    @Test func `Without a secret the password is the environment's, or none`() async throws {
        #expect(try await password([:]) == nil)
        #expect(try await password(["PGPASSWORD": "p", "DATABASE_SECRET_ID": "", "DATABASE_LOGIN": ""]) == "p")
    }

    @Test(arguments: [(#""{\"password\":\"s3cret\",\"username\":\"x\"}""#, "s3cret"), (#""plain""#, "plain")])
    func `A secret is a text or a document with a password`(secret: String, expected: String) async throws {
        let server = LoopbackServer.responding { _, _, connection in
            connection.respond(headers: ["Content-Type: application/x-amz-json-1.1"], body: Array("{\"SecretString\":\(secret)}".utf8))
        }
        defer { server.stop() }
        let environment = [
            "DATABASE_SECRET_ID": "prod/bellwether_ingest", "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AK",
            "AWS_SECRET_ACCESS_KEY": "SK",
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": server.url, "PGPASSWORD": "other",
        ]
        #expect(try await password(environment) == expected)
    }

    @Test func `An IAM token is signed for the host, the port and the role`() async throws {
        let token = try #require(
            try await password([
                "DATABASE_LOGIN": "iam", "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK",
            ]))
        #expect(token.hasPrefix("db.example.com:5433/?Action=connect&DBUser=bellwether_ingest&"))
        #expect(token.contains("eu-west-1%2Frds-db%2Faws4_request") && token.contains("X-Amz-Signature="))
        await #expect(throws: AWSError.self) { try await password(["DATABASE_LOGIN": "iam", "AWS_REGION": "eu-west-1"]) }
    }
}
