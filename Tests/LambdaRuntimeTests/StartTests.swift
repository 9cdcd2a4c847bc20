import Foundation
import Testing

@testable import LambdaRuntime

@Suite struct `Starting` {
    struct Refusing: Function {
        enum Failure: Error { case missingSetting(String) }
        init(_ environment: [String: String]) async throws {
            try await Task.sleep(for: .milliseconds(1))
            throw Failure.missingSetting("DATABASE_URL")
        }
        func handle(_ event: RawBytes, _ context: Context) async throws -> RawBytes { event }
    }

    @Test func `An init that throws is posted and ends the process`() async throws {
        let run = await run(["R": Refusing.self], handler: "R", RuntimeServer([.event("1")]))
        let post = try #require(run.posts.first)
        #expect(run.requests.count == 1 && post.path == "/2018-06-01/runtime/init/error")
        #expect(post.headers["lambda-runtime-function-error-type"] == "Function.MissingSetting")
        #expect((post.json?["errorMessage"] as? String)?.contains("DATABASE_URL") == true)
        #expect(run.code == .initFailed && run.log.contains { $0["level"] == "FATAL" })
    }

    @Test func `An unknown handler is an init error that lists the known ones`() async throws {
        let run = await run(["B": Echo.self, "A": Echo.self], handler: "C", RuntimeServer([]) { _ in .status(403) })
        let post = try #require(run.posts.first)
        #expect(post.headers["lambda-runtime-function-error-type"] == "Runtime.UnknownHandler")
        #expect(post.json?["errorMessage"] as? String == "_HANDLER is \"C\"; this bundle has A, B")
        #expect(run.code == .initFailed)
    }

    @Test func `An init error that cannot be posted still ends the process`() async {
        let run = await run(["R": Refusing.self], handler: "R", RuntimeServer([]) { _ in .drop })
        #expect(run.code == .initFailed && run.log.contains { $0["message"] == "The init error could not be posted" })
    }
}
