import AWS
import Foundation
import LambdaEvents
import LambdaRuntime
import Store
import TestSupport
import Testing

@testable import AuthorizeFunction

@Suite struct AuthorizeTests {
    private static let key = "bw_test"
    private static let hash = Digest.sha256Hex(Array(key.utf8))

    private func authorize() async throws -> (Authorize, APIKeys) {
        let (database, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: database)
        let function = try await Authorize([
            "DATABASE_URL": PostgresCluster.shared.url(name), "PGPASSWORD": PostgresCluster.shared.password,
        ])
        return (function, APIKeys(database))
    }

    private func isAllowed(_ function: Authorize, _ key: String) async throws -> Bool {
        let event = try JSONSerialization.data(withJSONObject: [
            "headers": ["x-api-key": key], "requestContext": ["http": ["sourceIp": "192.0.2.7"]],
        ])
        let request = try JSONDecoder().decode(AuthorizerRequest.self, from: event)
        return try await function.handle(request, Context(deadline: .after(.seconds(20)))).isAuthorized
    }

    @Test func `A revoked key is refused at once, and an unknown one cannot be revoked`() async throws {
        let (function, keys) = try await authorize()
        try await keys.register(APIKey(name: "desk"), sha256: Self.hash)
        #expect(try await isAllowed(function, Self.key))
        try await keys.revoke(sha256: Self.hash)
        #expect(try await !isAllowed(function, Self.key))
        await #expect(throws: APIKeys.UnknownKey.self) { try await keys.revoke(sha256: Digest.sha256Hex([1])) }
    }

    @Test(arguments: ["", "other", String(repeating: "x", count: 300)])
    func `A failed sign-in is counted for its source`(_ key: String) async throws {
        let (function, _) = try await authorize()
        for count in 1...3 {
            #expect(try await !isAllowed(function, key))
            #expect(function.failures.withLock { $0.counts } == ["192.0.2.7": count])
        }
    }

    @Test func `A sign-in that succeeds is not counted`() async throws {
        let (function, keys) = try await authorize()
        try await keys.register(APIKey(name: "desk"), sha256: Self.hash)
        #expect(try await isAllowed(function, Self.key) && function.failures.withLock { $0.counts }.isEmpty)
    }

    @Test func `Failures are counted by minute in bounded memory`() {
        var failures = FailedSignIns()
        #expect(failures.add(from: "a", at: 60) == ("a", 1) && failures.add(from: "a", at: 119) == ("a", 2))
        #expect(failures.add(from: "a", at: 120) == ("a", 1))
        for index in 0..<5000 { _ = failures.add(from: "b\(index)", at: 130) }
        #expect(failures.counts.count <= FailedSignIns.mostSources + 1)
        #expect(failures.counts[FailedSignIns.others] == 5000 - FailedSignIns.mostSources + 1)
        #expect(failures.add(from: "a", at: 131) == ("a", 2))
        #expect(failures.add(from: nil, at: 180) == (FailedSignIns.others, 1))
        #expect(failures.add(from: String(repeating: "x", count: 1000), at: 180) == (FailedSignIns.others, 2))
    }
}
