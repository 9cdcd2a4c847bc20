/// Prometheus's text exposition format, version 0.0.4.
package enum Prometheus {
    /// Prometheus 3 rejects a response without this content type.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Every series since the start; distributions and timers are summaries without quantiles, timers in seconds.
    ///
    /// Names are made legal, counters end in `_total` and timers in `_seconds`. A name used for two kinds keeps the first.
    package static func text(_ store: MetricStore) -> String {
        var families: [(name: String, kind: Series.Kind, series: [Series])] = []
        for series in store.sorted() {
            let name = family(series.key)
            if let index = families.firstIndex(where: { $0.name == name }) {
                if families[index].kind == series.key.kind { families[index].series.append(series) }
            } else {
                families.append((name, series.key.kind, [series]))
            }
        }
        return families.map { family in
            "# TYPE \(family.name) \(type(family.kind))\n" + family.series.map { samples(family.name, $0) }.joined()
        }.joined()
    }

    private static func family(_ key: SeriesKey) -> String {
        let name = PrometheusText.name(key.name, colons: true)
        let suffix = key.kind == .counter ? "_total" : key.kind == .timer ? "_seconds" : ""
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    private static func type(_ kind: Series.Kind) -> String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .distribution, .timer: "summary"
        }
    }

    private static func samples(_ name: String, _ series: Series) -> String {
        let pairs = series.key.labels.map { "\(PrometheusText.name($0.name, colons: false))=\"\(PrometheusText.label($0.value))\"" }
        let labels = pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}"
        let values = series.snapshot
        switch series.key.kind {
        case .counter, .gauge: return "\(name)\(labels) \(PrometheusText.prometheus(values.current))\n"
        case .distribution, .timer:
            return "\(name)_sum\(labels) \(PrometheusText.prometheus(values.sum))\n\(name)_count\(labels) \(values.count)\n"
        }
    }
}
