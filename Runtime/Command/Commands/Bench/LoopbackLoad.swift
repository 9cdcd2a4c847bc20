import Foundation

/// A load generator: repeats one request over several connections, one request at a time on each.
struct LoopbackLoad: Sendable {
    let port: Int
    let request: [UInt8]
    let connections: Int

    struct Outcome: Sendable {
        /// Seconds from a request to the end of its response.
        var latencies: [Double] = []
        /// Responses with another status than 200.
        var failures = 0
        var seconds = 0.0
    }

    func run(for duration: Duration) async throws -> Outcome {
        let begun = ContinuousClock.now
        var all = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    try await withCheckedThrowingContinuation { waiting in
                        // A thread of its own: the calls block.
                        Thread.detachNewThread { waiting.resume(with: Result { try send(until: begun + duration) }) }
                    }
                }
            }
            return try await group.reduce(into: Outcome()) {
                $0.latencies += $1.latencies
                $0.failures += $1.failures
            }
        }
        all.seconds = (ContinuousClock.now - begun) / .seconds(1)
        return all
    }

    private func send(until end: ContinuousClock.Instant) throws -> Outcome {
        var outcome = Outcome()
        var connection = try MessageSocket.connect(port: port)
        var start = ContinuousClock.now
        while start < end {
            try connection.send(request)
            let head = try connection.receive()
            let now = ContinuousClock.now
            outcome.latencies.append((now - start) / .seconds(1))
            if !head.hasPrefix("HTTP/1.1 200 ") { outcome.failures += 1 }
            start = now
        }
        return outcome
    }
}
