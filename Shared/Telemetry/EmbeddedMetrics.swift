import Formats
import Glibc

/// CloudWatch's embedded metric format: log lines from which CloudWatch makes metrics.
package struct EmbeddedMetrics: Sendable {
    private static let mostMetrics = 100
    private static let mostDimensions = 30

    private let namespace: String
    private let dimensions: [SeriesKey.Label]

    /// - Parameter dimensions: added to every metric, such as the function's name. Each distinct value is billed.
    package init(namespace: String, dimensions: [(String, String)] = []) {
        self.namespace = namespace
        self.dimensions = dimensions.map { .init(name: $0.0, value: $0.1) }
    }

    /// One line, without its end, for each set of labels that has something new; the store then forgets these values.
    ///
    /// Counters report their growth, gauges their last value, distributions at most 100 observations, timers milliseconds.
    /// - Parameter milliseconds: real time since 1970; CloudWatch takes two weeks back.
    package func lines(_ store: MetricStore, milliseconds: Int64) -> [String] {
        let fresh = store.sorted().compactMap { series in series.drain().map { (key: series.key, values: $0) } }
        let groups = Dictionary(grouping: fresh) { $0.key.labels }
        return groups.values.sorted { $0[0].key < $1[0].key }.flatMap { group in
            stride(from: 0, to: group.count, by: Self.mostMetrics).map { start in
                line(group[start..<min(start + Self.mostMetrics, group.count)], milliseconds)
            }
        }
    }

    /// Writes the lines to standard output, each with one `write`.
    package func flush(_ store: MetricStore, milliseconds: Int64) {
        for line in lines(store, milliseconds: milliseconds) {
            let bytes = Array((line + "\n").utf8)
            _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        }
    }

    private func line(_ group: ArraySlice<(key: SeriesKey, values: Series.Values)>, _ milliseconds: Int64) -> String {
        let labels = (dimensions + (group.first?.key.labels ?? [])).prefix(Self.mostDimensions)
        var json = JSONWriter()
        json.object { line in
            line.object("_aws") { head in
                head.member("Timestamp", milliseconds)
                head.list("CloudWatchMetrics", [group]) { directives, group in
                    directives.object {
                        $0.member("Namespace", namespace)
                        $0.list("Dimensions", [labels]) { sets, names in sets.list(names) { $0.string($1.name) } }
                        $0.list("Metrics", group) { metrics, series in
                            metrics.object {
                                $0.member("Name", series.key.name)
                                $0.member("Unit", unit(series.key.kind))
                            }
                        }
                    }
                }
            }
            for label in labels {
                line.key(label.name)
                line.string(label.value)
            }
            for series in group {
                line.key(series.key.name)
                writeValue(series.key.kind, series.values, to: &line)
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func unit(_ kind: Series.Kind) -> String {
        switch kind {
        case .counter: "Count"
        case .timer: "Milliseconds"
        case .gauge, .distribution: "None"
        }
    }

    private func writeValue(_ kind: Series.Kind, _ values: Series.Values, to json: inout JSONWriter) {
        switch kind {
        case .counter: json.number(finite(values.growth))
        case .gauge: json.number(finite(values.current))
        case .distribution: json.list(values.fresh) { $0.number(finite($1)) }
        case .timer: json.list(values.fresh) { $0.number(finite($1 * 1000)) }
        }
    }

    /// Zero for values that JSON cannot spell: CloudWatch rejects a line with a null.
    private func finite(_ value: Double) -> Double { value.isFinite ? value : 0 }
}
