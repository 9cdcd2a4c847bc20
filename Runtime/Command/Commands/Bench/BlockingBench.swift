import ArgumentParser
import Foundation

/// A benchmark that blocks its thread.
protocol BlockingBench: AsyncParsableCommand, Sendable {
    var options: BenchOptions { get }

    func measure(_ paths: ProjectPaths) throws -> BenchReport
}

extension BlockingBench {
    /// Measures on a new thread.
    func run() async throws {
        let paths = try ProjectPaths.find()
        let report = try await withCheckedThrowingContinuation { waiting in
            Thread.detachNewThread { waiting.resume(with: Result { try measure(paths) }) }
        }
        try report.print(asJSON: options.json)
    }
}
