import Metrics

/// What a function counts, written as one embedded-metric line at the end of an invocation.
package struct InvocationMetrics: Sendable {
    private let store = MetricStore()
    private let format: EmbeddedMetrics

    /// - Parameter function: the only dimension, so that there is one CloudWatch metric for each name.
    package init(function: String) {
        format = EmbeddedMetrics(namespace: "Bellwether", dimensions: [("function", function)])
    }

    /// - Parameter milliseconds: real time since 1970.
    package func report(_ counts: KeyValuePairs<String, Int>, milliseconds: Int64) {
        for (name, count) in counts { Counter(label: name, dimensions: [], factory: store).increment(by: count) }
        format.flush(store, milliseconds: milliseconds)
    }
}
