import AWS
import Clients
import HTTP
import Postgres
import Testing

@Suite struct FailureScopeTests {
    @Test func `An error belongs to the object or to the store`() {
        let object: [any Error] = [
            AWSError(.noSuchKey, "", status: 404), AWSError(.corrupted, "", status: 200), AWSError(.invalidRequest, ""),
            AWSError(.transport, "", transport: HTTPError(.invalidRequest, "")),
            AWSError(.transport, "", transport: HTTPError(.tooLarge, "")),
            PostgresError(.server, "", sqlState: "22021"), PostgresError(.server, "", sqlState: "23514"),
            PostgresError(.server, "", sqlState: "54000"),
        ]
        let store: [any Error] = [
            AWSError(.noSuchBucket, "", status: 404), AWSError(.unreadableResponse, "", status: 404),
            AWSError(.internalError, "", status: 500), AWSError(.accessDenied, "", status: 403),
            AWSError(.slowDown, "", status: 503), AWSError(.transport, "", transport: HTTPError(.unreachable, "")),
            AWSError(.transport, "", transport: HTTPError(.timedOut, "")),
            PostgresError(.server, "", sqlState: "53100"), PostgresError(.connectionLost, ""), PostgresError(.deadlineExceeded, ""),
            PostgresError(.server, "", sqlState: "40P01"), PostgresError(.server, "", sqlState: "42P01"), CancellationError(),
        ]
        for error in object { #expect(FailureScope(error) == .object, "\(error)") }
        for error in store { #expect(FailureScope(error) == .store, "\(error)") }
    }
}
