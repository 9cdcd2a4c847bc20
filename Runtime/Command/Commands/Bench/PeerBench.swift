import ArgumentParser
import Foundation

/// A benchmark beside another system's.
protocol PeerBench: AsyncParsableCommand, Sendable {
    var options: BenchOptions { get }

    func measure(_ home: Home) throws -> BenchReport
}

extension PeerBench {
    /// Measures on a thread of its own, as both sides block.
    func run() async throws {
        let home = try Home.find()
        let report = try await withCheckedThrowingContinuation { waiting in
            Thread.detachNewThread { waiting.resume(with: Result { try measure(home) }) }
        }
        try report.print(asJSON: options.json)
    }
}
