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

    /// One line, without its end, for each set of labels that has something new; the store forgets what it handed out.
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
        let names = labels.map { MetricText.quoted($0.name) }.joined(separator: ",")
        let metrics = group.map { "{\"Name\":\(MetricText.quoted($0.key.name)),\"Unit\":\"\(unit($0.key.kind))\"}" }.joined(separator: ",")
        let head =
            "\"_aws\":{\"Timestamp\":\(milliseconds),\"CloudWatchMetrics\":[{\"Namespace\":\(MetricText.quoted(namespace)),"
            + "\"Dimensions\":[[\(names)]],\"Metrics\":[\(metrics)]}]}"
        let members = labels.map { "\(MetricText.quoted($0.name)):\(MetricText.quoted($0.value))" }
        let values = group.map { "\(MetricText.quoted($0.key.name)):\(value($0.key.kind, $0.values))" }
        return "{" + ([head] + members + values).joined(separator: ",") + "}"
    }

    private func unit(_ kind: Series.Kind) -> String {
        switch kind {
        case .counter: "Count"
        case .timer: "Milliseconds"
        case .gauge, .distribution: "None"
        }
    }

    private func value(_ kind: Series.Kind, _ values: Series.Values) -> String {
        switch kind {
        case .counter: MetricText.json(values.growth)
        case .gauge: MetricText.json(values.current)
        case .distribution: "[" + values.fresh.map(MetricText.json).joined(separator: ",") + "]"
        case .timer: "[" + values.fresh.map { MetricText.json($0 * 1000) }.joined(separator: ",") + "]"
        }
    }
}
