import CoreMetrics
import Synchronization

/// The name and labels of one series.
struct SeriesKey: Hashable, Comparable, Sendable {
    struct Label: Hashable, Sendable {
        let name: String
        let value: String
    }

    let name: String
    /// In the order of their names.
    let labels: [Label]
    let kind: Series.Kind

    init(name: String, labels: [(String, String)], kind: Series.Kind) {
        self.name = name
        self.labels = labels.map { Label(name: $0.0, value: $0.1) }.sorted { $0.name < $1.name }
        self.kind = kind
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.name != right.name { return left.name < right.name }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        return left.labels.map { [$0.name, $0.value] }.joined().lexicographicallyPrecedes(
            right.labels.map { [$0.name, $0.value] }.joined())
    }
}

/// The measurements of one metric with one set of labels.
final class Series: Sendable {
    enum Kind: Int, Sendable { case counter, gauge, distribution, timer }

    struct Values: Sendable {
        /// A counter's sum since the process started, or a gauge's last value.
        var current = 0.0
        /// The number of observations of a distribution or timer since the process started.
        var count = 0
        /// The sum of these observations; of a timer in seconds.
        var sum = 0.0
        /// The observations of a distribution or timer since the last `drain`, at most `mostFresh`; of a timer in seconds.
        var fresh: [Double] = []
        /// The increase of a counter since the last `drain`.
        var growth = 0.0
        /// Whether anything was measured since the last `drain`.
        var touched = false
    }

    /// The largest number of values of one metric in one line of CloudWatch's embedded metric format.
    static let mostFresh = 100

    let key: SeriesKey
    private let values = Mutex(Values())

    init(_ key: SeriesKey) { self.key = key }

    var snapshot: Values { values.withLock { $0 } }

    /// Returns the values with the measurements since the last call, and clears those measurements; nil if nothing was measured.
    func drain() -> Values? {
        values.withLock { values in
            guard values.touched else { return nil }
            let taken = values
            values.fresh = []
            values.growth = 0
            values.touched = false
            return taken
        }
    }

    private func grow(_ amount: Double) {
        values.withLock {
            $0.current += amount
            $0.growth += amount
            $0.touched = true
        }
    }

    private func change(_ body: (inout Double) -> Void) {
        values.withLock {
            body(&$0.current)
            $0.touched = true
        }
    }

    private func observe(_ value: Double) {
        values.withLock {
            $0.count += 1
            $0.sum += value
            $0.touched = true
            if $0.fresh.count < Self.mostFresh { $0.fresh.append(value) }
        }
    }
}

extension Series: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    func increment(by amount: Int64) { grow(Double(amount)) }
    func increment(by amount: Double) { if key.kind == .gauge { change { $0 += amount } } else { grow(amount) } }
    func decrement(by amount: Double) { change { $0 -= amount } }
    func reset() { change { $0 = 0 } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { change { $0 = value } }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { if key.kind == .gauge { set(value) } else { observe(value) } }
    func recordNanoseconds(_ duration: Int64) { observe(Double(duration) / 1e9) }
}
