import Kernels

/// One round of a benchmark: the number of samples, wall-clock seconds, and CPU seconds of all threads. On a shared machine compare CPU
/// seconds.
package typealias BenchmarkRound = (samples: Double, seconds: Double, processorSeconds: Double)

/// Measures one call of `body`.
package func benchmarkRound(samples: Double, _ body: () throws -> Void) rethrows -> BenchmarkRound {
    let processor = processorTime()
    let elapsed = try ContinuousClock().measure(body)
    let spent = processorTime() - processor
    return (samples, Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18, spent)
}
