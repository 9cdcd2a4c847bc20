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

/// What has been measured under one name and set of labels.
final class Series: Sendable {
    enum Kind: Int, Sendable { case counter, gauge, distribution, timer }

    struct Values: Sendable {
        /// A counter's sum or a gauge's last value, since the start.
        var current = 0.0
        /// Of a distribution or timer, since the start; a timer's are seconds.
        var count = 0
        var sum = 0.0
        /// What EMF has not reported yet: single observations, or a counter's growth.
        var fresh: [Double] = []
        var growth = 0.0
        var touched = false
    }

    /// CloudWatch takes this many values of a metric in one line.
    static let mostFresh = 100

    let key: SeriesKey
    private let values = Mutex(Values())

    init(_ key: SeriesKey) { self.key = key }

    var snapshot: Values { values.withLock { $0 } }

    /// Returns the values that are new since the last call, and forgets them.
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
