import Kernels

/// One round of a measurement: what was done, how long it took by the clock, and the CPU seconds of all threads, which are the figure to
/// compare on a shared machine.
package typealias BenchmarkRound = (samples: Double, seconds: Double, processorSeconds: Double)

/// Measures one run of `body`.
package func benchmarkRound(samples: Double, _ body: () throws -> Void) rethrows -> BenchmarkRound {
    let processor = processorTime()
    let elapsed = try ContinuousClock().measure(body)
    let spent = processorTime() - processor
    return (samples, Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18, spent)
}
