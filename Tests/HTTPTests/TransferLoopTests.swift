import Foundation
import Testing

@testable import HTTP

@Suite struct TransferLoopTests {
    @Test func `A thread that cannot start leaves no multi handle behind`() async throws {
        let loop = TransferLoop(caFile: nil, userAgent: "test", startThread: { _ in EAGAIN })
        let errors = try await descriptorsAfter(1, loop)
        let before = try await descriptorsAfter(1, loop)
        #expect(errors > 0)
        #expect(try await descriptorsAfter(30, loop) <= before + 5, "each failed request leaves descriptors open")
    }

    /// The number of open descriptors after so many requests that failed because no thread could be started.
    private func descriptorsAfter(_ count: Int, _ loop: TransferLoop) async throws -> Int {
        for _ in 0..<count {
            let transfer = try Transfer(HTTPRequest("GET", "http://127.0.0.1:9/"), deadline: .now + .seconds(5))
            let outcome = await withCheckedContinuation { continuation in
                transfer.continuation = continuation
                loop.submit(transfer)
            }
            guard case .failure(let error) = outcome else {
                Issue.record("a transfer without a thread succeeded")
                continue
            }
            #expect(error.kind == .broken)
        }
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}
