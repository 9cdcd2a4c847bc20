package import CoreMetrics
import Synchronization

/// Keeps what code measures through swift-metrics, until it is written as CloudWatch's embedded format or as Prometheus text.
///
/// `MetricsSystem.bootstrap(store)` makes it the process's backend. Names and dimensions should be few: each pair of them is a series.
package final class MetricStore: MetricsFactory {
    private let series = Mutex<[SeriesKey: Series]>([:])

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { entry(label, dimensions, .counter) }
    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        entry(label, dimensions, .counter)
    }
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { entry(label, dimensions, .gauge) }
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        entry(label, dimensions, aggregate ? .distribution : .gauge)
    }
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { entry(label, dimensions, .timer) }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// All series in the order of their names and labels.
    func sorted() -> [Series] { series.withLock { $0.values.sorted { $0.key < $1.key } } }

    private func entry(_ name: String, _ labels: [(String, String)], _ kind: Series.Kind) -> Series {
        let key = SeriesKey(name: name, labels: labels, kind: kind)
        return series.withLock { all in
            if let known = all[key] { return known }
            let new = Series(key)
            all[key] = new
            return new
        }
    }

    private func remove(_ handler: AnyObject) {
        guard let gone = handler as? Series else { return }
        series.withLock { all in
            if all[gone.key] === gone { all[gone.key] = nil }
        }
    }
}
